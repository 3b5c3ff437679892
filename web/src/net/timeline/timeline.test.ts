import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asOf, historyAt, room, timelines } from '../../../test/support/model_room';
import type { History, TimelineEntry } from '../../protocol/generated';
import { emptyLog, heardOf, isBehind, placedAt, since, taken, type RoomLog } from './log';
import {
  began,
  cut,
  entered,
  missingQuotes,
  MOST_MESSAGES,
  touches,
  withAfter,
  withBefore,
  withQuoted,
  type Run,
} from './run';
import { excerpt } from './shown';

/** A client that sees one room: a log, and a run of messages above it. */
class Client {
  log: RoomLog = emptyLog;
  run: Run | null = null;
  readonly passedOn: number[] = [];
  readonly #entries: readonly TimelineEntry[];

  constructor(entries: readonly TimelineEntry[]) {
    this.#entries = entries;
  }

  place(head: number): void {
    this.#take(placedAt(this.log, head));
  }

  receive(seqs: readonly number[]): void {
    const entries = seqs.flatMap((seq) => this.#entries.slice(seq - 1, seq));
    this.#take(taken(this.log, entries));
  }

  /** Takes a page in; one that is too old to bring up to date is asked for again. */
  page(side: 'begin' | 'before' | 'after', head: number, limit: number, around?: number): void {
    const first = this.run?.messages[0]?.seq;
    const last = this.run?.messages.at(-1)?.seq;
    let asked: { before?: number; after?: number; around?: number } = {};
    if (this.run === null || side === 'begin') asked = around === undefined ? {} : { around };
    else if (side === 'before') asked = first === undefined ? {} : { before: first };
    else asked = { after: last ?? 0 };
    const page = historyAt(this.#entries, head, asked, limit);
    const after = since(this.log, page.head);
    const isWhole = after !== null && touches(page, asked);
    if (!isWhole) this.page(side, this.#entries.length, limit, around);
    else this.#join(side, page, after);
  }

  /** Scrolls to both ends and fills in the quotes. */
  readAll(): void {
    const head = this.#entries.length;
    for (let turn = 0; this.run?.moreBefore === true && turn <= head; turn += 1) {
      this.page('before', head, 3);
    }
    for (let turn = 0; this.run?.moreAfter === true && turn <= head; turn += 1) {
      this.page('after', head, 3);
    }
    if (this.run === null) return;
    for (const seq of missingQuotes(this.run)) {
      const quoted = asOf(this.#entries, head).find((message) => message.seq === seq);
      if (quoted !== undefined) this.run = withQuoted(this.run, quoted);
    }
  }

  #join(side: 'begin' | 'before' | 'after', page: History, after: readonly TimelineEntry[]): void {
    if (this.run === null || side === 'begin') this.run = began(page, after);
    else if (side === 'before') this.run = withBefore(this.run, page, after);
    else this.run = withAfter(this.run, page, after);
  }

  #take({ log, ready }: { log: RoomLog; ready: readonly TimelineEntry[] }): void {
    this.log = log;
    for (const entry of ready) {
      this.passedOn.push(entry.seq);
      if (this.run !== null) this.run = entered(this.run, entry);
    }
  }
}

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ is: fc.constant('receive' as const), seqs: fc.array(fc.nat()) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      is: fc.constantFrom('begin' as const, 'before' as const, 'after' as const),
      head: fc.nat(),
      limit: fc.integer({ min: 1, max: 6 }),
      around: fc.option(fc.nat(), { nil: undefined }),
    }),
  },
);

describe('a timeline', () => {
  it('is the same in whatever order, repetition and batches it arrives', () => {
    fc.assert(
      fc.property(
        timelines(40),
        fc.array(step, { maxLength: 20 }),
        fc.nat(),
        (entries, steps, at) => {
          const length = entries.length;
          const start = at % (length + 1);
          const client = new Client(entries);
          client.place(start);
          for (const taken of steps) {
            if (taken.is === 'receive') client.receive(taken.seqs.map((seq) => (seq % length) + 1));
            else {
              const head = start + (taken.head % (length - start + 1));
              client.page(taken.is, head, taken.limit, taken.around && (taken.around % length) + 1);
            }
          }
          client.page(client.run === null ? 'begin' : 'before', length, 5);
          client.receive(entries.map((entry) => entry.seq).reverse());
          client.readAll();
          expect(client.run?.messages).toEqual(asOf(entries, length));
          expect(client.run?.applied).toBe(length);
          expect(client.passedOn).toEqual(entries.slice(start).map((entry) => entry.seq));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('shows live entries at once where they come in order', () => {
    fc.assert(
      fc.property(timelines(30), fc.nat(), (entries, at) => {
        const head = at % (entries.length + 1);
        const client = new Client(entries);
        client.place(head);
        client.page('begin', head, 1000);
        for (const { seq } of entries.slice(head)) {
          client.receive([seq]);
          expect(client.run?.messages).toEqual(asOf(entries, seq));
        }
      }),
    );
  });
});

describe('the log of a room', () => {
  const post = (seq: number): TimelineEntry => ({
    t: 'message.posted',
    room,
    seq,
    at: seq,
    author: room,
    client_id: 'client-id',
    prev: '',
    text: 'x',
    mentions: [],
  });

  it('waits for its place before it passes anything on', () => {
    const before = taken(emptyLog, [post(7), post(8)]);
    expect(before.ready).toEqual([]);
    const placed = placedAt(before.log, 7);
    expect(placed.ready.map((entry) => entry.seq)).toEqual([8]);
  });

  it('knows of a gap, and of an entry that somebody told of', () => {
    const { log } = placedAt(emptyLog, 5);
    expect(isBehind(log)).toBe(false);
    const { log: gap, ready } = taken(log, [post(7)]);
    expect(ready).toEqual([]);
    expect(isBehind(gap)).toBe(true);
    expect(isBehind(taken(gap, [post(6)]).log)).toBe(false);
    expect(isBehind(heardOf(log, 6))).toBe(true);
  });

  it('begins again after a loss without going back', () => {
    const { log } = placedAt(emptyLog, 5);
    const { log: gap } = taken(log, [post(9), post(12)]);
    const again = placedAt(gap, 11);
    expect(again.ready.map((entry) => entry.seq)).toEqual([12]);
    expect(placedAt(again.log, 3).log).toBe(again.log);
  });

  it('says when it no longer knows what came after a page', () => {
    let { log } = placedAt(emptyLog, 0);
    for (let seq = 1; seq <= 400; seq += 1) log = taken(log, [post(seq)]).log;
    expect(since(log, 399)).toHaveLength(1);
    expect(since(log, 100)).toHaveLength(300);
    expect(since(log, 99)).toBeNull();
    expect(log.waiting.size).toBe(0);
  });

  it('keeps its memory bounded whatever arrives', () => {
    let { log } = placedAt(emptyLog, 0);
    for (let seq = 2; seq <= 3000; seq += 1) log = taken(log, [post(seq)]).log;
    expect(log.waiting.size).toBe(1000);
    expect(log.told).toBe(3000);
  });
});

describe('a run', () => {
  it('is cut at the end that is farther from the reader', () => {
    const page = historyAt([], 0, {}, 1);
    const long: Run = {
      ...began(page, []),
      messages: Array.from({ length: MOST_MESSAGES + 1 }, (_, index) => ({
        seq: index + 1,
        author: room,
        at: 0,
        client_id: `client-${index}`,
        text: '',
        mentions: [],
        reply: null,
        reactions: [],
        edited_at: null,
        deleted: false,
        changed: index + 1,
      })),
    };
    expect(cut(long, 'last').messages[0]?.seq).toBe(502);
    expect(cut(long, 'last')).toMatchObject({ moreBefore: true, moreAfter: false });
    expect(cut(long, 'first').messages.at(-1)?.seq).toBe(1500);
    expect(cut(long, 'first')).toMatchObject({ moreAfter: true });
    const short = cut(long, 'last');
    expect(cut(short, 'first')).toBe(short);
  });
});

describe('an excerpt', () => {
  it('is one line, cut by characters, with no mention in two', () => {
    const mention = `<@${room}>`;
    expect(excerpt('one\n  two')).toBe('one two');
    expect(excerpt('é'.repeat(140))).toBe('é'.repeat(140));
    expect(excerpt('😀'.repeat(150))).toBe(`${'😀'.repeat(139)}…`);
    expect(excerpt(`${'x'.repeat(130)} ${mention} more`)).toBe(`${'x'.repeat(130)}…`);
  });
});
