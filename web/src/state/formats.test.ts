import { expect, test } from 'vitest';
import { clockOf, Formats } from './formats';

test('a size is in the unit that reads best', () => {
  const { size } = { size: (bytes: number) => new Formats('en').size(bytes) };
  expect([0, 640_000, 2_450_000, 12_300_000, 999_900_000, 3_200_000_000].map(size)).toEqual([
    '0 kB',
    '640 kB',
    '2.5 MB',
    '12 MB',
    '1 GB',
    '3.2 GB',
  ]);
  expect(new Formats('fr').size(2_450_000)).toBe('2,5\u202fMo');
});

test('a duration is a clock', () => {
  expect([0, 7_400, 725_000, 3_723_000, -5].map(clockOf)).toEqual([
    '0:00',
    '0:07',
    '12:05',
    '1:02:03',
    '0:00',
  ]);
});
