import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  downloadName,
  entryOfPart,
  fileOf,
  newId,
  parseEntry,
  partName,
  wholeName,
  type Entry,
} from './entry';

const START = new Date(2026, 10, 21, 14, 5).getTime();
const entry: Entry = {
  version: 1,
  id: newId(START, 0.5),
  title: 'Kitchen',
  of: 'call',
  mime: 'video/webm;codecs=vp8,opus',
  suffix: 'webm',
  startedAt: START,
  state: 'open',
  durationMs: null,
};

test('what was written is read back', () => {
  expect(parseEntry(JSON.stringify(entry))).toEqual(entry);
});

test('what a crash cut off is no entry, and nothing throws', () => {
  const text = JSON.stringify(entry);
  fc.assert(
    fc.property(fc.nat({ max: text.length - 1 }), (length) => {
      expect(parseEntry(text.slice(0, length))).toBeNull();
    }),
  );
  fc.assert(
    fc.property(fc.json(), (json) => {
      parseEntry(json);
    }),
  );
});

test('a file without its entry still says when it began', () => {
  expect(entryOfPart(partName(entry))).toMatchObject({ id: entry.id, startedAt: START });
  expect(entryOfPart('holiday.webm.part')).toBeNull();
  expect(entryOfPart(wholeName(entry))).toBeNull();
});

test('ids sort as their recordings began', () => {
  const ids = [START, START + 1, START + 86_400_000].map((at, index) => newId(at, 0.9 - index / 3));
  expect([...ids].sort()).toEqual(ids);
});

test('while it is open it is the growing file', () => {
  expect(fileOf(entry)).toBe(partName(entry));
  expect(fileOf({ ...entry, state: 'finished' })).toBe(wholeName(entry));
});

test('a download has a name that every system takes', () => {
  expect(downloadName('Kitchen', entry)).toBe('Kitchen 2026-11-21 14.05.webm');
  expect(downloadName('a/b:c*?"<>|\n.', entry)).toBe('a b c 2026-11-21 14.05.webm');
  expect(downloadName('…', { ...entry, suffix: 'mp4' })).toBe('… 2026-11-21 14.05.mp4');
  expect(downloadName(' . ', entry)).toBe('2026-11-21 14.05.webm');
});
