/**
 * A run of a room's messages as they stand: pages of history, kept true by the entries that follow.
 * Pure.
 *
 * A page is true as of its `head`, which may be before or after the last entry that arrived. So each
 * message knows as of which entry it is true, and an entry is applied to exactly those it is new to.
 */
import type { History, Shown, TimelineEntry } from '../../protocol/generated';
import { applied, begun, isUnknown, quote, requoted, targetOf } from './shown';

/** Messages kept in memory for a room; more are asked for again when one gets there. */
export const MOST_MESSAGES = 2000;

/** What is left after cutting, so that not every message cuts. */
const AFTER_CUT = 1500;

export interface Run {
  /** In the order of seq, without a gap. */
  readonly messages: readonly Shown[];
  /** All messages are true as of this entry at least. */
  readonly applied: number;
  /** Messages that are true as of a later entry than `applied`, by seq. */
  readonly ahead: ReadonlyMap<number, number>;
  readonly moreBefore: boolean;
  /** False where the run ends at the newest message: posts are added to it. */
  readonly moreAfter: boolean;
}

/** Entries that came after a page was read: contiguous, from the page's head to the last one. */
type Since = readonly TimelineEntry[];

/** Begins with a page. `since` is what has arrived after it. */
export function began(page: History, since: Since): Run {
  const run: Run = {
    messages: page.messages,
    applied: page.head,
    ahead: newer(page, page.head),
    moreBefore: page.more_before,
    moreAfter: page.more_after,
  };
  return since.reduce(entered, run);
}

/** The run after the next entry of the room. An entry that it holds already changes nothing. */
export function entered(run: Run, entry: TimelineEntry): Run {
  if (entry.seq <= run.applied) return run;
  const messages =
    entry.t === 'message.posted'
      ? withPost(run, entry)
      : run.messages.map((message) => touched(run, message, entry));
  const ahead = new Map([...run.ahead].filter(([, asOf]) => asOf > entry.seq));
  return { ...run, messages, ahead, applied: entry.seq };
}

/**
 * Whether a page was read late enough to touch what it was asked from: an earlier reading does not
 * know what lies between.
 */
export function touches(page: History, asked: { before?: number; after?: number }): boolean {
  return page.head >= Math.max((asked.before ?? 1) - 1, asked.after ?? 0);
}

/** Adds the page before the run's first message, which it must touch. */
export function withBefore(run: Run, page: History, since: Since): Run {
  return joined(run, began(page, since), { moreBefore: page.more_before });
}

/** Adds the page after the run's last message, which it must touch. */
export function withAfter(run: Run, page: History, since: Since): Run {
  return joined(run, began(page, since), { moreAfter: page.more_after });
}

/** Fills in quotes of a message that was not at hand when its answers came. */
export function withQuoted(run: Run, quoted: Shown): Run {
  const messages = run.messages.map((message) =>
    message.reply?.seq === quoted.seq && isUnknown(message.reply)
      ? { ...message, reply: quote(quoted) }
      : message,
  );
  return { ...run, messages };
}

/** Messages whose quotes are missing. */
export function missingQuotes(run: Run): number[] {
  const missing = run.messages.flatMap(({ reply }) =>
    reply !== null && isUnknown(reply) ? [reply.seq] : [],
  );
  return [...new Set(missing)];
}

/** The run within bounds, cut at the end that is farther from where one reads. */
export function cut(run: Run, keep: 'first' | 'last'): Run {
  if (run.messages.length <= MOST_MESSAGES) return run;
  return keep === 'first'
    ? { ...run, messages: run.messages.slice(0, AFTER_CUT), moreAfter: true }
    : { ...run, messages: run.messages.slice(-AFTER_CUT), moreBefore: true };
}

/** Both together, true as of the earlier of them; each message as the later of them has it. */
function joined(one: Run, other: Run, ends: Partial<Run>): Run {
  const applied = Math.min(one.applied, other.applied);
  const messages = new Map<number, Shown>();
  const ahead = new Map<number, number>();
  for (const run of [one, other]) {
    for (const message of run.messages) {
      const asOf = trueAsOf(run, message.seq);
      if (messages.has(message.seq) && asOf <= (ahead.get(message.seq) ?? applied)) continue;
      messages.set(message.seq, message);
      if (asOf > applied) ahead.set(message.seq, asOf);
    }
  }
  const inOrder = [...messages.values()].sort((a, b) => a.seq - b.seq);
  return { ...one, messages: inOrder, applied, ahead, ...ends };
}

function newer(page: History, head: number): Map<number, number> {
  return new Map(
    page.messages.filter(({ changed }) => changed > head).map(({ seq, changed }) => [seq, changed]),
  );
}

function trueAsOf(run: Run, seq: number): number {
  return Math.max(run.applied, run.ahead.get(seq) ?? 0);
}

function touched(run: Run, message: Shown, entry: TimelineEntry): Shown {
  const target = targetOf(entry);
  if (message.seq !== target && message.reply?.seq !== target) return message;
  if (trueAsOf(run, message.seq) >= entry.seq) return message;
  if (message.seq === target) return applied(message, entry);
  return message.reply === null ? message : { ...message, reply: requoted(message.reply, entry) };
}

function withPost(
  run: Run,
  post: Extract<TimelineEntry, { t: 'message.posted' }>,
): readonly Shown[] {
  const last = run.messages.at(-1);
  if (run.moreAfter || (last !== undefined && last.seq >= post.seq)) return run.messages;
  const quoted = run.messages.find((message) => message.seq === post.reply_to);
  return [...run.messages, begun(post, quoted)];
}
