/**
 * The entries of one room as they arrive: put in order, each once, with gaps known. Pure.
 *
 * Live entries, answers to following and answers to asking may overlap and overtake each other;
 * `seq` alone says where an entry belongs.
 */
import type { TimelineEntry } from '../../protocol/generated';

/** How many entries are kept to bring a page up to date that was read before they came. */
const RECENT = 300;

/** How many entries may wait for one before them; those beyond are asked for again. */
const MOST_WAITING = 1000;

export interface RoomLog {
  /** Everything up to here has been passed on; null until the server told where we begin. */
  readonly last: number | null;
  /** The latest entries passed on, without a gap, up to `last`. */
  readonly recent: readonly TimelineEntry[];
  /** Entries that came before one that they follow, by seq. */
  readonly waiting: ReadonlyMap<number, TimelineEntry>;
  /** The highest seq that is known to exist. */
  readonly told: number;
}

export const emptyLog: RoomLog = { last: null, recent: [], waiting: new Map(), told: 0 };

/** A log with what it now passes on, in order. */
export interface Step {
  readonly log: RoomLog;
  readonly ready: readonly TimelineEntry[];
}

/** Takes entries in any order, with repetitions. */
export function taken(log: RoomLog, entries: readonly TimelineEntry[]): Step {
  const waiting = new Map(log.waiting);
  let { told } = log;
  for (const entry of entries) {
    told = Math.max(told, entry.seq);
    if (entry.seq > (log.last ?? 0) && waiting.size < MOST_WAITING) waiting.set(entry.seq, entry);
  }
  return drained({ ...log, waiting, told });
}

/** Begins, or begins again, after `head`: what was before is somebody else's to read. */
export function placedAt(log: RoomLog, head: number): Step {
  if (log.last !== null && head <= log.last) return { log, ready: [] };
  const waiting = new Map([...log.waiting].filter(([seq]) => seq > head));
  return drained({ last: head, recent: [], waiting, told: Math.max(log.told, head) });
}

/** Someone else told that this entry exists. */
export function heardOf(log: RoomLog, seq: number): RoomLog {
  return seq > log.told ? { ...log, told: seq } : log;
}

/** Whether there are entries that have not arrived. */
export function isBehind(log: RoomLog): boolean {
  return log.last !== null && log.told > log.last;
}

/** The entries passed on after `head`; null where they are not kept any more. */
export function since(log: RoomLog, head: number): readonly TimelineEntry[] | null {
  if (log.last === null || head >= log.last) return [];
  const first = log.recent[0];
  if (first === undefined || first.seq > head + 1) return null;
  return log.recent.filter((entry) => entry.seq > head);
}

function drained(log: RoomLog): Step {
  if (log.last === null) return { log, ready: [] };
  const waiting = new Map(log.waiting);
  const ready: TimelineEntry[] = [];
  let { last } = log;
  for (let next = waiting.get(last + 1); next !== undefined; next = waiting.get(last + 1)) {
    last += 1;
    waiting.delete(last);
    ready.push(next);
  }
  const recent = ready.length === 0 ? log.recent : [...log.recent, ...ready].slice(-RECENT);
  return { log: { ...log, last, waiting, recent }, ready };
}
