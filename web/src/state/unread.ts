import type * as wire from '../protocol/generated';

/** What is unread in a room, kept true between the server's counts. Pure. */
export interface Unread {
  readonly head: number;
  readonly marker: number;
  readonly messages: number;
  readonly mentions: number;
}

export const nothingUnread: Unread = { head: 0, marker: 0, messages: 0, mentions: 0 };

/** Counts from the server stop here, which stands for "more". */
export const UNREAD_LIMIT = 1000;

/** A message has arrived. One's own is never unread. */
export function posted(unread: Unread, message: wire.MessagePosted, me: string): Unread {
  if (message.seq <= unread.head) return unread;
  if (message.author === me || message.seq <= unread.marker) {
    return { ...unread, head: message.seq };
  }
  const mentioned = message.mentions.includes(me);
  return {
    ...unread,
    head: message.seq,
    messages: Math.min(unread.messages + 1, UNREAD_LIMIT),
    mentions: Math.min(unread.mentions + (mentioned ? 1 : 0), UNREAD_LIMIT),
  };
}

/** The person has read up to `seq` on this device; the server's count follows. */
export function readUpTo(unread: Unread, seq: number): Unread {
  if (seq <= unread.marker) return unread;
  if (seq >= unread.head) return { head: unread.head, marker: seq, messages: 0, mentions: 0 };
  return { ...unread, marker: seq };
}

/** The server's count. An older marker than ours is late news and is dropped. */
export function counted(unread: Unread, told: wire.Unread): Unread {
  if (told.marker < unread.marker) return unread;
  return {
    head: Math.max(told.head, unread.head),
    marker: told.marker,
    messages: told.messages,
    mentions: told.mentions,
  };
}
