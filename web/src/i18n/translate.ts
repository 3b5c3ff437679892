import { en } from './en';

/** One wording per plural category that the language has (Unicode CLDR, by `Intl.PluralRules`). */
export type Plural = Partial<Record<Intl.LDMLPluralRule, string>> & { readonly other: string };

export type Key = keyof typeof en;

/** What a language must bring for a part of English: the same keys, plural where that is plural. */
export type CatalogueOf<E> = {
  readonly [K in keyof E]: E[K] extends string ? string : Plural;
};

/** What every language must bring. */
export type Catalogue = CatalogueOf<typeof en>;

type Holes<S> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | Holes<Rest> : never;
type HolesOf<K extends Key> = (typeof en)[K] extends string
  ? Holes<(typeof en)[K]>
  : Holes<(typeof en)[K][keyof (typeof en)[K]]> | 'count';
type Params<K extends Key> = {
  readonly [Name in HolesOf<K>]: Name extends 'count' ? number : string;
};

/** The arguments after the key: none where the message has no holes. */
export type Arguments<K extends Key> = [HolesOf<K>] extends [never] ? [] : [params: Params<K>];

/** Keys of messages without holes, which a table may name. */
export type PlainKey = { [K in Key]: [HolesOf<K>] extends [never] ? K : never }[Key];

/** Words a message in one language, with numbers and plurals as that language has them. */
export function translate(
  catalogue: Catalogue,
  language: string,
  key: Key,
  params: Readonly<Record<string, string | number>> = {},
): string {
  const message: string | Plural = catalogue[key];
  const count = params['count'];
  const wording =
    typeof message === 'string'
      ? message
      : (message[plurals(language).select(typeof count === 'number' ? count : 0)] ?? message.other);
  return wording.replace(/\{(\w+)\}/g, (hole, name: string) => {
    const value = params[name];
    if (value === undefined) return hole;
    return typeof value === 'number' ? numbers(language).format(value) : value;
  });
}

const pluralRules = new Map<string, Intl.PluralRules>();
const numberFormats = new Map<string, Intl.NumberFormat>();

function plurals(language: string): Intl.PluralRules {
  return remembered(pluralRules, language, () => new Intl.PluralRules(language));
}

function numbers(language: string): Intl.NumberFormat {
  return remembered(numberFormats, language, () => new Intl.NumberFormat(language));
}

/** Intl objects cost about 50 µs to make, and a timeline asks for hundreds. */
function remembered<T>(made: Map<string, T>, language: string, make: () => T): T {
  let found = made.get(language);
  if (found === undefined) made.set(language, (found = make()));
  return found;
}
