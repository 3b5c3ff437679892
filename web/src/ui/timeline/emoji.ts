import type { Language } from '../../i18n/languages';

export interface Emoji {
  readonly unicode: string;
  readonly label: string;
  readonly group: number;
  readonly words: string;
}

interface Compact {
  readonly unicode: string;
  readonly label: string;
  readonly group?: number;
  readonly order?: number;
  readonly tags?: readonly string[];
}

/** Groups in the order of the picker; 2 holds parts of emoji (skin tones, hair). */
export const emojiGroups = [0, 1, 3, 4, 5, 6, 7, 8, 9] as const;

/** Offered first, before the person has a history of their own. */
export const favourites = ['👍', '❤️', '😂', '🎉', '👀', '🙏', '🔥', '✅'] as const;

const sources: Record<Language, () => Promise<{ default: Compact[] }>> = {
  en: () => import('emojibase-data/en/compact.json') as Promise<{ default: Compact[] }>,
  fr: () => import('emojibase-data/fr/compact.json') as Promise<{ default: Compact[] }>,
  sv: () => import('emojibase-data/sv/compact.json') as Promise<{ default: Compact[] }>,
};

/** Every emoji with its names in a language; a chunk of its own, loaded when first asked for. */
export async function loadEmoji(language: Language): Promise<Emoji[]> {
  const { default: all } = await sources[language]();
  return all
    .filter((emoji) => emoji.group !== undefined && emoji.group !== 2)
    .sort((a, b) => (a.order ?? 0) - (b.order ?? 0))
    .map(({ unicode, label, group = 0, tags = [] }) => ({
      unicode: qualified(unicode),
      label,
      group,
      words: [label, ...tags].join(' ').toLocaleLowerCase(language),
    }));
}

/** As Unicode writes it (RGI): the data asks for colour even where that is the default. */
export function qualified(unicode: string): string {
  return unicode.replace(/(\p{Emoji_Presentation})\uFE0F/gu, '$1');
}

/** Those whose names have every word of the query at the start of one of theirs. */
export function searchEmoji(all: readonly Emoji[], query: string): Emoji[] {
  const needles = query.toLocaleLowerCase().trim().split(/\s+/).filter(Boolean);
  return all.filter(({ words }) =>
    needles.every((needle) => words.startsWith(needle) || words.includes(` ${needle}`)),
  );
}
