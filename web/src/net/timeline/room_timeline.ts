import type {
  Error as Refusal,
  History,
  ReadHistory,
  Shown,
  TimelineEntry,
} from '../../protocol/generated';
import { asRefused, type Refused } from '../../protocol/refused';
import { backoff } from '../backoff';
import type { Clock } from '../clock';
import {
  began,
  cut,
  entered,
  missingQuotes,
  touches,
  withAfter,
  withBefore,
  withQuoted,
  type Run,
} from './run';

/** What a room's timeline stands on. */
export interface RoomParts {
  readHistory(asked: Omit<ReadHistory, 't' | 'room'>): Promise<History>;
  /** Entries passed on after `head`; null where that is not known any more. */
  since(head: number): readonly TimelineEntry[] | null;
  changed(): void;
  readonly clock: Clock;
  readonly random: () => number;
}

export type Side = 'before' | 'after';

/** A page that has fallen too far behind while it came is asked for again, this often. */
const MOST_READS = 3;

/** The shortest wait before a page that did not come is asked for again. */
const LEAST_WAIT_MS = 500;

/** Where a page begins; the newest one without a place. */
interface Place {
  readonly around?: number;
}

/** One room's messages as far as they are loaded, kept true by its entries. */
export class RoomTimeline {
  readonly #parts: RoomParts;
  #run: Run | null = null;
  #refusal: Refusal | null = null;
  #fetching: Side | null = null;
  #fetchFailed = false;
  /** Counts the runs: an answer for an earlier one is of no use. */
  #generation = 0;
  /** The page that was asked for in vain, and is still wanted. */
  #owed: Place | null = null;
  #failures = 0;
  readonly #quotesAsked = new Set<number>();

  constructor(parts: RoomParts) {
    this.#parts = parts;
  }

  get run(): Run | null {
    return this.#run;
  }

  get refusal(): Refusal | null {
    return this.#refusal;
  }

  get fetching(): Side | null {
    return this.#fetching;
  }

  get fetchFailed(): boolean {
    return this.#fetchFailed;
  }

  /** Takes the next entry of the room. */
  enter(entry: TimelineEntry): void {
    if (this.#run === null) return;
    if (entry.seq > this.#run.applied + 1) {
      // Entries went by that this run has not seen: only a new page can tell what they did.
      void this.reload();
      return;
    }
    this.#become(cut(entered(this.#run, entry), 'last'));
  }

  /** Entries went by unseen: what is held may have holes. */
  async restart(): Promise<void> {
    if (this.#run !== null && this.#parts.since(this.#run.applied) === null) await this.reload();
  }

  /** Reads the same stretch again; the end of the timeline where it was live. */
  async reload(): Promise<void> {
    const run = this.#run;
    const middle = run?.messages[Math.floor(run.messages.length / 2)];
    if (run === null || !run.moreAfter || middle === undefined) await this.begin({});
    else await this.begin({ around: middle.seq });
  }

  /** Replaces the run by one around a place, or by the newest page. */
  async begin(asked: Place): Promise<void> {
    const generation = ++this.#generation;
    this.#fetching = null;
    this.#fetchFailed = false;
    this.#owed = null;
    try {
      const run = await this.#read(asked, began);
      if (generation !== this.#generation) return;
      this.#failures = 0;
      this.#become(run);
    } catch (thrown) {
      if (generation !== this.#generation) return;
      const refused = asRefused(thrown);
      // Old messages are worth more than none: they stay, and the connection bar says the rest.
      if (this.#run === null) this.#refusal = refused.refusal;
      this.#owe(asked, refused);
      this.#parts.changed();
    }
  }

  /** Asks again for the page that did not come: without it what is shown may have holes. */
  async retry(): Promise<void> {
    if (this.#owed !== null) await this.begin(this.#owed);
  }

  #owe(asked: Place, { code, refusal }: Refused): void {
    if (refusal.retryable !== true) return;
    this.#owed = asked;
    // A new connection retries; there is nobody to ask before.
    if (code === 'client.offline') return;
    const { clock, random } = this.#parts;
    const ownWait = LEAST_WAIT_MS + backoff((this.#failures += 1), random);
    const generation = this.#generation;
    clock.after(refusal.retry_after == null ? ownWait : refusal.retry_after * 1000, () => {
      if (generation === this.#generation) void this.retry();
    });
  }

  /** Adds a page at one end. */
  async load(side: Side): Promise<void> {
    const run = this.#run;
    if (run === null || this.#fetching !== null) return;
    if (!(side === 'before' ? run.moreBefore : run.moreAfter)) return;
    const end = side === 'before' ? run.messages[0] : run.messages.at(-1);
    const generation = this.#generation;
    this.#fetching = side;
    this.#fetchFailed = false;
    this.#parts.changed();
    try {
      const asked = side === 'before' ? { before: end?.seq ?? 1 } : { after: end?.seq ?? 0 };
      const joined = await this.#read(asked, (page, since) => this.#joined(side, page, since, end));
      if (generation !== this.#generation) return;
      this.#fetching = null;
      this.#become(cut(joined, side === 'before' ? 'first' : 'last'));
    } catch {
      if (generation !== this.#generation) return;
      this.#fetching = null;
      this.#fetchFailed = true;
      this.#parts.changed();
    }
  }

  /** Where the end has moved meanwhile the page does not fit, and is left. */
  #joined(side: Side, page: History, since: readonly TimelineEntry[], end: Shown | undefined): Run {
    const run = this.#run ?? began(page, since);
    const now = side === 'before' ? run.messages[0] : run.messages.at(-1);
    if (now?.seq !== end?.seq) return run;
    return side === 'before' ? withBefore(run, page, since) : withAfter(run, page, since);
  }

  async #read(
    asked: { before?: number; after?: number; around?: number },
    use: (page: History, since: readonly TimelineEntry[]) => Run,
  ): Promise<Run> {
    for (let read = 1; ; read += 1) {
      const page = await this.#parts.readHistory(asked);
      const since = this.#parts.since(page.head);
      const isWhole = since !== null && touches(page, asked);
      if (isWhole || read === MOST_READS) return use(page, since ?? []);
    }
  }

  #become(run: Run): void {
    this.#run = run;
    this.#refusal = null;
    this.#parts.changed();
    for (const seq of missingQuotes(run)) void this.#findQuoted(seq);
  }

  async #findQuoted(seq: number): Promise<void> {
    if (this.#quotesAsked.has(seq)) return;
    this.#quotesAsked.add(seq);
    try {
      const page = await this.#parts.readHistory({ around: seq, limit: 1 });
      const quoted = page.messages.find((message) => message.seq === seq);
      if (quoted !== undefined && this.#run !== null) this.#become(withQuoted(this.#run, quoted));
    } catch {
      // The answer stands without its quote; the next change of the run asks again.
      this.#quotesAsked.delete(seq);
    }
  }
}
