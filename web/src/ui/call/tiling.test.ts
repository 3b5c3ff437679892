import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { grid, spotlight, type Place, type Room } from './tiling';

const rooms = fc.record({
  width: fc.integer({ min: 320, max: 2560 }),
  height: fc.integer({ min: 240, max: 1440 }),
});
const counts = fc.integer({ min: 1, max: 12 });

function standsWell(places: readonly Place[], room: Room): void {
  for (const place of places) {
    expect(place.x).toBeGreaterThanOrEqual(-1);
    expect(place.y).toBeGreaterThanOrEqual(-1);
    expect(place.x + place.width).toBeLessThanOrEqual(room.width + 1);
    expect(place.y + place.height).toBeLessThanOrEqual(room.height + 1);
    expect(Math.abs(place.width - (place.height * 16) / 9)).toBeLessThanOrEqual(2);
  }
  for (const [index, one] of places.entries()) {
    for (const other of places.slice(index + 1)) expect(overlap(one, other)).toBe(false);
  }
}

function overlap(one: Place, other: Place): boolean {
  return (
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height
  );
}

describe('tiles', () => {
  test('are equal, 16:9, inside the room, and nobody stands before another', () => {
    fc.assert(
      fc.property(counts, rooms, (count, room) => {
        const places = grid(count, room);
        expect(places).toHaveLength(count);
        expect(new Set(places.map(({ width }) => width)).size).toBe(1);
        standsWell(places, room);
      }),
    );
  });

  test('fill the room: one alone touches two of its sides', () => {
    expect(grid(1, { width: 1600, height: 900 })).toEqual([
      { x: 0, y: 0, width: 1600, height: 900 },
    ]);
    expect(grid(1, { width: 400, height: 900 })[0]?.width).toBe(400);
  });

  test('stand above each other on a phone, beside each other on a desk', () => {
    const [first, second] = grid(2, { width: 380, height: 600 });
    expect(first?.x).toBe(second?.x);
    const [left, right] = grid(2, { width: 1200, height: 500 });
    expect(left?.y).toBe(right?.y);
  });

  test('one is large and the others are small, none before another', () => {
    fc.assert(
      fc.property(counts, rooms, (count, room) => {
        const { large, small } = spotlight(count, room);
        expect(small).toHaveLength(count);
        standsWell([large, ...small], room);
        for (const { width } of small) expect(width).toBeLessThan(large.width);
      }),
    );
  });
});
