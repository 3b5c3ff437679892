import { afterEach, expect, test, vi } from 'vitest';
import { copy } from './copy';

afterEach(() => {
  vi.unstubAllGlobals();
});

test('a text is put on the clipboard', async () => {
  const writeText = vi.fn(() => Promise.resolve());
  vi.stubGlobal('navigator', { clipboard: { writeText } });
  expect(await copy('https://parley.test/i/abc')).toBe(true);
  expect(writeText).toHaveBeenCalledWith('https://parley.test/i/abc');
});

test('a browser that refuses is told of', async () => {
  const writeText = (): Promise<void> => Promise.reject(new DOMException('', 'NotAllowedError'));
  vi.stubGlobal('navigator', { clipboard: { writeText } });
  expect(await copy('text')).toBe(false);
});

test('a page without https has no clipboard, and says so', async () => {
  vi.stubGlobal('navigator', {});
  expect(await copy('text')).toBe(false);
});
