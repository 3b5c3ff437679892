/** What an entry does to a message, as the server's index has it. Pure. */
import type {
  MessagePosted,
  Quote,
  Reaction,
  Shown,
  TimelineEntry,
} from '../../protocol/generated';

/** The length of a quoted text, on one line; the server cuts it the same. */
export const EXCERPT_CHARS = 140;

const MENTION = /<@[0-7][0-9a-hjkmnp-tv-z]{25}>/g;

/** The message that an entry begins or is about. */
export function targetOf(entry: TimelineEntry): number {
  return entry.t === 'message.posted' ? entry.seq : entry.target;
}

/** The message that a post begins. `quoted` is the one it answers, where that is at hand. */
export function begun(post: MessagePosted, quoted: Shown | undefined): Shown {
  const answers = post.reply_to ?? null;
  return {
    seq: post.seq,
    author: post.author,
    at: post.at,
    client_id: post.client_id,
    text: post.text,
    mentions: post.mentions,
    reply: answers === null ? null : quoted === undefined ? unknownQuote(answers) : quote(quoted),
    reactions: [],
    edited_at: null,
    deleted: false,
    changed: post.seq,
  };
}

/** The message after an entry about it. A deleted message stays as it is. */
export function applied(shown: Shown, entry: TimelineEntry): Shown {
  if (entry.seq <= shown.changed || shown.deleted) return shown;
  const changed = entry.seq;
  switch (entry.t) {
    case 'message.posted':
      return shown;
    case 'message.edited':
      return { ...shown, text: entry.text, mentions: entry.mentions, edited_at: entry.at, changed };
    case 'message.deleted':
      return { ...shown, text: '', mentions: [], reactions: [], deleted: true, changed };
    case 'reaction.added':
      return { ...shown, reactions: added(shown.reactions, entry.emoji, entry.author), changed };
    case 'reaction.removed':
      return { ...shown, reactions: removed(shown.reactions, entry.emoji, entry.author), changed };
    default:
      return entry satisfies never;
  }
}

/** The quote of a message after an entry about that message. */
export function requoted(old: Quote, entry: TimelineEntry): Quote {
  if (old.deleted === true) return old;
  if (entry.t === 'message.edited') return { ...old, text: excerpt(entry.text) };
  if (entry.t === 'message.deleted') return { ...old, text: '', deleted: true };
  return old;
}

export function quote(shown: Shown): Quote {
  const { seq, author, deleted } = shown;
  return { seq, author, text: excerpt(shown.text), deleted };
}

/** Stands for a quoted message that is not at hand; it has no author. */
function unknownQuote(seq: number): Quote {
  return { seq, author: '', text: '', deleted: false };
}

export function isUnknown(quoted: Quote): boolean {
  return quoted.author === '';
}

/** The beginning of a text on one line, no mention cut in two. */
export function excerpt(text: string): string {
  const line = text.split(/\s+/u).filter(Boolean).join(' ');
  const characters = [...line];
  if (characters.length <= EXCERPT_CHARS) return line;
  const kept = characters.slice(0, EXCERPT_CHARS - 1).join('');
  const cutMention = [...line.matchAll(MENTION)].find(
    (found) => found.index < kept.length && kept.length < found.index + found[0].length,
  );
  return `${kept.slice(0, cutMention?.index ?? kept.length).trimEnd()}…`;
}

function added(reactions: Reaction[], emoji: string, user: string): Reaction[] {
  const known = reactions.find((reaction) => reaction.emoji === emoji);
  if (known === undefined) return [...reactions, { emoji, users: [user] }];
  if (known.users.includes(user)) return reactions;
  const joined = { emoji, users: [...known.users, user] };
  return reactions.map((reaction) => (reaction === known ? joined : reaction));
}

function removed(reactions: Reaction[], emoji: string, user: string): Reaction[] {
  return reactions
    .map((reaction) =>
      reaction.emoji === emoji
        ? { emoji, users: reaction.users.filter((other) => other !== user) }
        : reaction,
    )
    .filter((reaction) => reaction.users.length > 0);
}
