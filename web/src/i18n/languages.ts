import { en } from './en';
import { fr } from './fr';
import { sv } from './sv';
import type { Catalogue } from './translate';

export const languages = ['en', 'fr', 'sv'] as const;
export type Language = (typeof languages)[number];

export const catalogues: Record<Language, Catalogue> = { en, fr, sv };

/** Each language in its own words, as a person looks for it. */
export const languageNames: Record<Language, string> = {
  en: 'English',
  fr: 'Français',
  sv: 'Svenska',
};

export function isLanguage(text: string): text is Language {
  return (languages as readonly string[]).includes(text);
}

/** The first of the person's preferred languages that we speak, else English. */
export function chooseLanguage(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    const primary = tag.toLowerCase().split('-')[0] ?? '';
    if (isLanguage(primary)) return primary;
  }
  return 'en';
}
