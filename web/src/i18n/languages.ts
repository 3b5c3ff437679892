import { en } from './en';
import type { Catalogue } from './translate';

export const languages = ['en', 'fr', 'sv'] as const;
export type Language = (typeof languages)[number];

/** The words of each language but English, which is always there; a person needs one of them. */
const sources: Record<Exclude<Language, 'en'>, () => Promise<Catalogue>> = {
  fr: async () => (await import('./fr')).fr,
  sv: async () => (await import('./sv')).sv,
};

/** Rejects where the server no longer has them, or can't be reached. */
export async function loadCatalogue(language: Language): Promise<Catalogue> {
  return language === 'en' ? en : await sources[language]();
}

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
