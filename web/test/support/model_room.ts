import fc from 'fast-check';
import type { History, Shown, TimelineEntry } from '../../src/protocol/generated';
import { applied, begun, requoted, targetOf } from '../../src/net/timeline/shown';
import { anId } from './scripted_server';

export const room = anId('r');
const people = [anId('a'), anId('b'), anId('c')] as const;
const emoji = ['👍', '🎉'] as const;

interface Deed {
  readonly kind: 'post' | 'edit' | 'delete' | 'react' | 'unreact';
  readonly who: number;
  readonly about: number;
  readonly word: number;
}

/** A room's timeline of up to `length` entries, each about a message that was there. */
export function timelines(length: number): fc.Arbitrary<TimelineEntry[]> {
  const kind = fc.constantFrom('post', 'post', 'edit', 'delete', 'react', 'react', 'unreact');
  const deed = fc.record({
    kind: kind as fc.Arbitrary<Deed['kind']>,
    who: fc.nat({ max: people.length - 1 }),
    about: fc.nat(),
    word: fc.nat({ max: 99 }),
  });
  return fc.array(deed, { minLength: 1, maxLength: length }).map(timelineOf);
}

function timelineOf(deeds: readonly Deed[]): TimelineEntry[] {
  const posts: number[] = [];
  return deeds.map(({ kind, who, about, word }, index) => {
    const seq = index + 1;
    const base = {
      room,
      seq,
      at: 1000 + seq,
      author: people[who] ?? people[0],
      client_id: `client-${seq}`,
      prev: '',
    };
    const target = posts[about % posts.length];
    if (kind === 'post' || target === undefined) {
      posts.push(seq);
      const reply_to = about % 3 === 0 && target !== undefined ? target : null;
      return { ...base, t: 'message.posted', text: `said ${word}`, mentions: [], reply_to };
    }
    const mark = { target, emoji: emoji[word % emoji.length] ?? emoji[0] };
    if (kind === 'edit') {
      return { ...base, t: 'message.edited', target, text: `meant ${word}`, mentions: [] };
    }
    if (kind === 'delete') return { ...base, t: 'message.deleted', target };
    if (kind === 'react') return { ...base, t: 'reaction.added', ...mark };
    return { ...base, t: 'reaction.removed', ...mark };
  });
}

/** What in-order application of the first `head` entries gives: the server's own view. */
export function asOf(entries: readonly TimelineEntry[], head: number): Shown[] {
  const messages = new Map<number, Shown>();
  for (const entry of entries.slice(0, head)) {
    if (entry.t === 'message.posted') {
      const quoted = entry.reply_to == null ? undefined : messages.get(entry.reply_to);
      messages.set(entry.seq, begun(entry, quoted));
      continue;
    }
    for (const [seq, shown] of messages) {
      if (seq === targetOf(entry)) messages.set(seq, applied(shown, entry));
      else if (shown.reply?.seq === targetOf(entry)) {
        messages.set(seq, { ...shown, reply: requoted(shown.reply, entry) });
      }
    }
  }
  return [...messages.values()];
}

/** What the server answers to `chat.history` when it knows the first `head` entries. */
export function historyAt(
  entries: readonly TimelineEntry[],
  head: number,
  asked: { before?: number; after?: number; around?: number },
  limit: number,
): History {
  const all = asOf(entries, head);
  let [start, end] = [all.length - limit, all.length];
  if (asked.before !== undefined) {
    const bound = asked.before;
    end = all.filter((message) => message.seq < bound).length;
    start = end - limit;
  } else if (asked.after !== undefined) {
    const bound = asked.after;
    start = all.filter((message) => message.seq <= bound).length;
    end = start + limit;
  } else if (asked.around !== undefined) {
    const bound = asked.around;
    start = all.filter((message) => message.seq < bound).length - Math.floor(limit / 2);
    end = start + limit;
  }
  start = Math.max(0, start);
  end = Math.max(start, Math.min(end, all.length));
  return {
    t: 'chat.history_found',
    room,
    messages: all.slice(start, end),
    head,
    more_before: start > 0,
    more_after: end < all.length,
  };
}
