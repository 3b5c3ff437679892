import type * as wire from '../protocol/generated';
import { dayNumber } from './formats';
import type { Outgoing } from './ports';

/** Messages of one author within this time stand under one name. */
export const GROUP_MS = 5 * 60_000;

/** What the timeline draws, one below the other. `first` begins a group: it has name and picture. */
export type Row =
  | { readonly kind: 'start'; readonly key: string }
  | { readonly kind: 'more'; readonly key: string; readonly end: 'before' | 'after' }
  | { readonly kind: 'day'; readonly key: string; readonly at: number }
  | { readonly kind: 'new'; readonly key: string }
  | {
      readonly kind: 'message';
      readonly key: string;
      readonly first: boolean;
      readonly message: wire.Shown;
    }
  | {
      readonly kind: 'outgoing';
      readonly key: string;
      readonly first: boolean;
      readonly outgoing: Outgoing;
    };

export interface RowsOf {
  readonly messages: readonly wire.Shown[];
  readonly outgoing: readonly Outgoing[];
  readonly moreBefore: boolean;
  readonly moreAfter: boolean;
  /** Where the person had read to when the room was opened. */
  readonly marker: number;
  readonly me: string;
}

/** Lays a timeline out: days, the new-messages line, and groups by author. */
export function rowsOf({ messages, outgoing, moreBefore, moreAfter, marker, me }: RowsOf): Row[] {
  const rows: Row[] = [
    moreBefore ? { kind: 'more', key: 'before', end: 'before' } : { kind: 'start', key: 'start' },
  ];
  let last = null as { author: string; at: number; day: number } | null;
  // Without a marker everything would be new, which tells a newcomer nothing. Where the run begins
  // after the marker, the line belongs further up than what is loaded.
  const beginsLater = moreBefore && (messages[0]?.seq ?? 0) > marker;
  let lineDrawn = marker === 0 || beginsLater;
  const keys = new Set<string>();

  for (const message of messages) {
    const day = dayNumber(message.at);
    if (last?.day !== day) {
      rows.push({ kind: 'day', key: `day ${day} ${message.seq}`, at: message.at });
      last = null;
    }
    if (!lineDrawn && message.seq > marker && message.author !== me) {
      rows.push({ kind: 'new', key: 'new' });
      lineDrawn = true;
      last = null;
    }
    const first = beginsGroup(last, message.author, message.at) || message.reply !== null;
    const key = keyOf(message.author, message.client_id);
    // The server remembers an author's client ids for a while only; a list must not break over two.
    const isTaken = keys.has(key);
    keys.add(key);
    rows.push({ kind: 'message', key: isTaken ? `${key} ${message.seq}` : key, first, message });
    last = { author: message.author, at: message.at, day };
  }
  if (moreAfter) return [...rows, { kind: 'more', key: 'after', end: 'after' }];

  for (const own of outgoing) {
    const first = beginsGroup(last, me, own.at) || own.replyTo !== null;
    rows.push({ kind: 'outgoing', key: keyOf(me, own.clientId), first, outgoing: own });
    last = { author: me, at: own.at, day: dayNumber(own.at) };
  }
  return rows;
}

/** A client id means something beside its author only: anybody may choose the same. */
function keyOf(author: string, clientId: string): string {
  return `${author} ${clientId}`;
}

function beginsGroup(
  last: { author: string; at: number } | null,
  author: string,
  at: number,
): boolean {
  return last === null || last.author !== author || at - last.at > GROUP_MS;
}
