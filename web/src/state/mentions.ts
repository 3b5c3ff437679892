/** How a text names people: `<@id>` on the wire, `@Display Name` in the field. Pure. */

const onTheWire = /<@([0-7][0-9a-hjkmnp-tv-z]{25})>/g;

/** A person who was picked from the list while writing. */
export interface Picked {
  readonly user: string;
  readonly name: string;
}

/** The text with names in place of ids, for reading or for editing. */
export function mentionsToNames(text: string, nameOf: (user: string) => string): string {
  return text.replace(onTheWire, (_, user: string) => `@${nameOf(user)}`);
}

/** Who is mentioned in a text from the wire, each once. */
export function mentionedIn(text: string): string[] {
  return [...new Set([...text.matchAll(onTheWire)].map((match) => match[1] ?? ''))];
}

/** The text with ids in place of the names that were picked; the longest name is tried first. */
export function namesToMentions(text: string, picked: readonly Picked[]): string {
  const byLength = [...picked].sort((a, b) => b.name.length - a.name.length);
  return byLength.reduce(
    (written, { user, name }) =>
      written.replace(
        new RegExp(`(?<![\\p{L}\\p{N}_])@${escaped(name)}(?![\\p{L}\\p{N}_])`, 'gu'),
        `<@${user}>`,
      ),
    text,
  );
}

/** What is being typed after an `@`, up to the caret; null where no name is being typed. */
export function mentionAt(text: string, caret: number): { start: number; prefix: string } | null {
  const found = /(?:^|[\s(])@([\p{L}\p{N}_.-]{0,32})$/u.exec(text.slice(0, caret));
  if (found === null) return null;
  const prefix = found[1] ?? '';
  return { start: caret - prefix.length - 1, prefix };
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
