import { expect, test } from 'vitest';
import { bestFormat } from './format';

const all = (): boolean => true;
const only =
  (container: string) =>
  (mime: string): boolean =>
    mime.includes(container);

test('VP9 where there is strength for it, VP8 else', () => {
  expect(bestFormat(all, 8)?.mime).toContain('vp9');
  expect(bestFormat(all, 2)?.mime).toContain('vp8');
  expect(bestFormat(only('vp9'), 2)?.mime).toContain('vp9');
});

test('MP4 where there is nothing else, and null without anything', () => {
  expect(bestFormat(only('mp4'), 8)).toMatchObject({ suffix: 'mp4' });
  expect(bestFormat(() => false, 8)).toBeNull();
});
