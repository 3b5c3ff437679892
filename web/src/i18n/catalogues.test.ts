import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { ERRORS } from '../protocol/generated';
import { en } from './en';
import { errorKey } from './errors';
import { chooseLanguage, languages, loadCatalogue, type Language } from './languages';
import { translate, type Catalogue, type Key } from './translate';

const catalogues: Record<Language, Catalogue> = {
  en,
  fr: await loadCatalogue('fr'),
  sv: await loadCatalogue('sv'),
};

const keys = Object.keys(en) as Key[];

function wordings(language: Language, key: Key): [string, string][] {
  const message = catalogues[language][key];
  return typeof message === 'string' ? [['', message]] : Object.entries(message);
}

const holesIn = (text: string): string[] =>
  [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? ''))].sort();

describe.each(languages)('%s', (language) => {
  test('fills the holes that English has, and no others', () => {
    const wrong = keys.filter((key) => {
      const expected = holesIn(
        wordings('en', key)
          .map(([, text]) => text)
          .join(' '),
      );
      return wordings(language, key).some(
        ([, text]) =>
          holesIn(text).some((hole) => !expected.includes(hole)) ||
          expected.some((hole) => hole !== 'count' && !holesIn(text).includes(hole)),
      );
    });
    expect(wrong).toEqual([]);
  });

  test('has a wording for each plural that occurs in it', () => {
    const categories = new Set(
      [0, 1, 2, 5, 11, 21, 100].map((count) => new Intl.PluralRules(language).select(count)),
    );
    const lacking = keys.filter((key) => {
      const message = catalogues[language][key];
      return typeof message !== 'string' && ![...categories].every((name) => name in message);
    });
    expect(lacking).toEqual([]);
  });

  test('keeps the voice: nothing empty, no exclamation marks, typographic apostrophes', () => {
    const loud = keys.filter((key) =>
      wordings(language, key).some(([, text]) => text.trim() === '' || /[!']|\.\.\./.test(text)),
    );
    expect(loud).toEqual([]);
  });
});

test('every message is used somewhere', () => {
  const source = fileURLToPath(new URL('..', import.meta.url));
  const text = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter(
      (file) =>
        /\.(svelte|ts)$/.test(file) && !/i18n\/(en|fr|sv)(\.ts|\/.*)$|\.test\.ts$/.test(file),
    )
    .map((file) => readFileSync(join(source, file), 'utf8'))
    .join('\n');
  const unused = keys.filter((key) => !text.includes(`'${key}'`) && !key.startsWith('emoji.group'));
  expect(unused).toEqual([]);
});

test('every refusal of the protocol has a sentence', () => {
  const codes = Object.keys(ERRORS);
  expect(codes.length).toBeGreaterThan(40);
  expect(codes.filter((code) => errorKey(code) === undefined)).toEqual([]);
  expect(errorKey('rooms.from_the_future')).toBeUndefined();
});

test('numbers and plurals are those of the language', () => {
  const unread = (language: Language, count: number): string =>
    translate(catalogues[language], language, 'rooms.unread', { count });
  expect(unread('en', 1)).toBe('1 unread message');
  expect(unread('en', 2)).toBe('2 unread messages');
  expect(unread('fr', 0)).toBe('0 message non lu');
  expect(unread('sv', 12345)).toBe('12\u00a0345 olästa meddelanden');
});

test('a name with braces in it is left as it is', () => {
  const params = { name: '{room}', room: 'Kitchen' };
  expect(translate(en, 'en', 'notifications.inRoom', params)).toBe('{room} in Kitchen');
});

test('the first language that we speak is chosen', () => {
  expect(chooseLanguage(['de-DE', 'fr-CA', 'en'])).toBe('fr');
  expect(chooseLanguage(['SV'])).toBe('sv');
  expect(chooseLanguage(['de', 'ja'])).toBe('en');
  expect(chooseLanguage([])).toBe('en');
});
