import { expect, test, vi } from 'vitest';
import { LocaleModel } from './locale.svelte';

function model(kept: string | null, ...browser: string[]): LocaleModel {
  return new LocaleModel({ get: () => kept, set: () => undefined }, browser);
}

test('begins in the language that was chosen, else in one of the browser’s', async () => {
  for (const [locale, language, word] of [
    [model('sv', 'fr'), 'sv', 'Avbryt'],
    [model(null, 'fr-CA'), 'fr', 'Annuler'],
    [model('xx', 'de'), 'en', 'Cancel'],
  ] as const) {
    await locale.begin();
    expect([locale.language, locale.t('common.cancel')]).toEqual([language, word]);
  }
});

test('changes to the language that was chosen last', async () => {
  const locale = model(null);
  locale.choose('fr');
  locale.choose('sv');
  await vi.waitUntil(() => locale.language !== 'en');
  expect(locale.t('common.cancel')).toBe('Avbryt');
});
