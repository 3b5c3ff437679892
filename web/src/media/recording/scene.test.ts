import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arrange, contain, cover, type Box, type Part, type Tile } from './scene';

const CANVAS = { width: 1280, height: 720 };

const part = (kind: 'screen' | 'face', name: string): Part => ({
  kind,
  name,
  initials: 'AN',
  hue: 0,
  feed: name,
});
const faces = (count: number): Part[] =>
  Array.from({ length: count }, (_, index) => part('face', `face ${index}`));
const screens = (count: number): Part[] =>
  Array.from({ length: count }, (_, index) => part('screen', `screen ${index}`));

const overlap = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

const inside = ({ x, y, width, height }: Box): boolean =>
  x >= 0 && y >= 0 && x + width <= CANVAS.width && y + height <= CANVAS.height;

const area = ({ box }: Tile): number => box.width * box.height;

test('nobody leaves the canvas empty', () => {
  expect(arrange([], [], CANVAS)).toEqual([]);
});

test('one face or one screen fills it, without a name', () => {
  for (const [tile] of [arrange([], faces(1), CANVAS), arrange(screens(1), [], CANVAS)]) {
    expect(tile?.box).toEqual({ x: 0, y: 0, ...CANVAS });
    expect(tile).toMatchObject({ bare: true, named: false });
  }
});

test('one face beside a screen is small in its corner', () => {
  const [stage, face] = arrange(screens(1), faces(1), CANVAS);
  expect(stage?.bare).toBe(true);
  expect(face?.box.width).toBe(256);
  expect(face !== undefined && inside(face.box)).toBe(true);
});

test('two stand side by side, four in two rows', () => {
  const two = arrange([], faces(2), CANVAS);
  expect(new Set(two.map(({ box }) => box.y)).size).toBe(1);
  const four = arrange([], faces(4), CANVAS);
  expect(new Set(four.map(({ box }) => box.y)).size).toBe(2);
});

test('the last row of three stands in the middle', () => {
  const last = arrange([], faces(3), CANVAS)[2];
  expect(last && Math.abs(last.box.x + last.box.width / 2 - 640)).toBeLessThanOrEqual(1);
});

test('however many, all are inside, none overlaps another, and a screen is the largest', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 3 }),
      fc.integer({ min: 0, max: 20 }),
      (shown, people) => {
        const tiles = arrange(screens(shown), faces(people), CANVAS);
        expect(tiles).toHaveLength(shown + people);
        const apart = tiles.filter(({ bare }) => !bare);
        for (const [index, tile] of tiles.entries()) {
          expect(inside(tile.box)).toBe(true);
          expect(area(tile)).toBeGreaterThan(0);
          if (shown > 0 && index > 0) expect(area(tile)).toBeLessThan(area(tiles[0] as Tile));
        }
        for (const [index, tile] of apart.entries()) {
          for (const other of apart.slice(index + 1))
            expect(overlap(tile.box, other.box)).toBe(false);
        }
      },
    ),
  );
});

test('a face fills its box, a screen is seen whole', () => {
  const box = { x: 10, y: 20, width: 160, height: 90 };
  expect(cover({ width: 640, height: 480 }, box)).toEqual({ x: 0, y: 60, width: 640, height: 360 });
  expect(contain({ width: 400, height: 900 }, box)).toEqual({
    x: 70,
    y: 20,
    width: 40,
    height: 90,
  });
});
