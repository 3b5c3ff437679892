import { describe, expect, test } from 'vitest';
import { mentionAt, mentionedIn, mentionsToNames, namesToMentions } from './mentions';

const ann = '01hzy3v9k2q4w6e8r0t1y3s5d7';
const anna = '01hzy3v9k2q4w6e8r0t1y3s5d8';
const names: Record<string, string> = { [ann]: 'Ann', [anna]: 'Ann Berg (a.b)' };
const nameOf = (user: string): string => names[user] ?? '…';
const picked = [
  { user: ann, name: 'Ann' },
  { user: anna, name: 'Ann Berg (a.b)' },
];

test('a text goes to the field and back unchanged', () => {
  const stored = `<@${anna}> and <@${ann}>, see <@${ann}>.`;
  const shown = mentionsToNames(stored, nameOf);
  expect(shown).toBe('@Ann Berg (a.b) and @Ann, see @Ann.');
  expect(namesToMentions(shown, picked)).toBe(stored);
});

test('only whole names that were picked become mentions', () => {
  expect(namesToMentions('@Anneli, mail@Ann, @Bob', picked)).toBe('@Anneli, mail@Ann, @Bob');
});

test('each person is mentioned once', () => {
  expect(mentionedIn(`<@${ann}> <@${anna}> <@${ann}> <@bob>`)).toEqual([ann, anna]);
});

describe('the name being typed', () => {
  test.each([
    ['@', 1, { start: 0, prefix: '' }],
    ['hello @li', 9, { start: 6, prefix: 'li' }],
    ['(@Öb', 4, { start: 1, prefix: 'Öb' }],
    ['@li there', 3, { start: 0, prefix: 'li' }],
    ['mail@li', 7, null],
    ['@li there', 9, null],
    ['', 0, null],
  ])('in %j at %i', (text, caret, found) => {
    expect(mentionAt(text, caret)).toEqual(found);
  });
});
