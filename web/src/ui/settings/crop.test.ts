import { describe, expect, test } from 'vitest';
import { centred, inside, sideOf } from './crop';

const wide = { width: 800, height: 400 };

describe('a crop', () => {
  test('begins as the largest square in the middle', () => {
    expect(centred(wide)).toEqual({ x: 400, y: 200, zoom: 1 });
    expect(sideOf(wide, 1)).toBe(400);
  });

  test('stays inside the picture', () => {
    expect(inside({ x: -50, y: 999, zoom: 1 }, wide)).toEqual({ x: 200, y: 200, zoom: 1 });
    expect(inside({ x: 0, y: 0, zoom: 2 }, wide)).toEqual({ x: 100, y: 100, zoom: 2 });
    expect(inside({ x: 790, y: 390, zoom: 4 }, wide)).toEqual({ x: 750, y: 350, zoom: 4 });
  });

  test('zooms between whole and four times', () => {
    expect(inside({ x: 400, y: 200, zoom: 0.2 }, wide).zoom).toBe(1);
    expect(inside({ x: 400, y: 200, zoom: 9 }, wide).zoom).toBe(4);
  });
});
