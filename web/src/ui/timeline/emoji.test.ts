import { describe, expect, test } from 'vitest';
import { languages } from '../../i18n/languages';
import { emojiGroups, favourites, loadEmoji, searchEmoji } from './emoji';

/** One emoji as Unicode writes it; the `v` flag is newer than our target, not than our tests. */
const rgi = new RegExp('^\\p{RGI_Emoji}$', 'v');

describe.each(languages)('the emoji in %s', (language) => {
  test('are written as Unicode qualifies them, so that the server takes them', async () => {
    const all = await loadEmoji(language);
    expect(all.length).toBeGreaterThan(1500);
    // A runtime may know an older Unicode than the data; those it knows must be right.
    const wrong = all.filter(({ unicode }) => /\p{Emoji}/u.test(unicode) && !rgi.test(unicode));
    expect(wrong.length).toBeLessThan(all.length * 0.02);
    expect(all.find(({ unicode }) => unicode === '👍')).toBeDefined();
    expect(all.find(({ unicode }) => unicode === '❤️')).toBeDefined();
  });

  test('fill every group', async () => {
    const all = await loadEmoji(language);
    for (const group of emojiGroups) {
      expect(all.filter((emoji) => emoji.group === group).length).toBeGreaterThan(50);
    }
  });
});

test('the favourites are emoji', () => {
  expect(favourites.filter((emoji) => !rgi.test(emoji))).toEqual([]);
});

test('are found by the beginnings of their names in any order', async () => {
  const all = await loadEmoji('en');
  const found = (query: string): string[] => searchEmoji(all, query).map(({ unicode }) => unicode);
  expect(found('thumbs u')).toContain('👍');
  expect(found('up thumb')).toContain('👍');
  expect(found('zzzz')).toEqual([]);
  expect(searchEmoji(await loadEmoji('sv'), 'hjärta').length).toBeGreaterThan(5);
});
