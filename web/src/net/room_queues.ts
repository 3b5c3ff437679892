import { asRefused, type Refused } from '../protocol/refused';
import { backoff } from './backoff';
import type { Clock } from './clock';
import type { Connection } from './connection';
import { Listeners } from './listeners';

/** Something of one's own that a room's timeline is to have. */
export interface Queued {
  readonly clientId: string;
  readonly room: string;
  /** How often it was sent in vain. */
  tries: number;
  /** Where it stands in the timeline, once acknowledged. */
  seq: number | null;
}

export interface RoomQueuesParts<Item extends Queued> {
  readonly connection: Pick<Connection, 'state' | 'onState'>;
  readonly clock: Clock;
  readonly random: () => number;
  /** The shortest wait after a failure for which the server names none. */
  readonly leastWaitMs: number;
  /** Whether it is to be sent at all; those behind it go on where it is not. */
  isReady(item: Item): boolean;
  ask(item: Item): Promise<{ readonly seq: number }>;
  stored(item: Item): void;
  /** Whether it is given up; otherwise it is sent again after `waitMs`. */
  isFinal(item: Item, refused: Refused, waitMs: number): boolean;
  givenUp(item: Item, refused: Refused): void;
}

/** A failure of the server's is tried again this often. */
export const MOST_TRIES = 6;

/**
 * What waits for the timelines: in each room sent one after the other in the order of coming, as
 * long as the server takes it, and gone on with whenever the connection comes back.
 */
export class RoomQueues<Item extends Queued> {
  readonly #parts: RoomQueuesParts<Item>;
  readonly #acknowledgements = new Listeners<{ room: string; seq: number }>();
  readonly #items = new Map<string, Item>();
  readonly #sending = new Set<string>();
  /** Until when the server wants nothing more of a room. */
  readonly #paused = new Map<string, number>();

  constructor(parts: RoomQueuesParts<Item>) {
    this.#parts = parts;
    parts.connection.onState((state) => {
      if (state.at === 'online') for (const room of this.rooms()) void this.send(room);
    });
  }

  /** Tells the place of each one that the server has stored. */
  onAcknowledged(listener: (place: { room: string; seq: number }) => void): () => void {
    return this.#acknowledgements.add(listener);
  }

  /** In the order of coming. */
  of(room: string): Item[] {
    return [...this.#items.values()].filter((item) => item.room === room);
  }

  rooms(): Set<string> {
    return new Set([...this.#items.values()].map(({ room }) => room));
  }

  get(clientId: string): Item | undefined {
    return this.#items.get(clientId);
  }

  isSending(room: string): boolean {
    return this.#sending.has(room);
  }

  /** Puts it at the end of its room's queue; `send` sets the queue going. */
  add(item: Item): void {
    this.#items.set(item.clientId, item);
  }

  /** It is not sent any more; an answer that is under way changes nothing. */
  remove(clientId: string): void {
    this.#items.delete(clientId);
  }

  /** Empties every queue; the answer is what was left. */
  clear(): Item[] {
    const left = [...this.#items.values()];
    this.#items.clear();
    return left;
  }

  /** Forgets that the server asked for a pause. */
  resume(room: string): void {
    this.#paused.delete(room);
  }

  /** Sends what waits in a room, one after the other, as long as the server takes it. */
  async send(room: string): Promise<void> {
    if (this.#sending.has(room)) return;
    this.#sending.add(room);
    try {
      for (let next = this.#next(room); next !== undefined; next = this.#next(room)) {
        if (!(await this.#sendOne(next))) break;
      }
    } finally {
      this.#sending.delete(room);
    }
  }

  #next(room: string): Item | undefined {
    const { connection, clock, isReady } = this.#parts;
    if (connection.state.at !== 'online') return undefined;
    if ((this.#paused.get(room) ?? 0) > clock.now()) return undefined;
    return this.of(room).find((item) => item.seq === null && isReady(item));
  }

  /** Whether the next one may follow at once. */
  async #sendOne(item: Item): Promise<boolean> {
    const { ask, stored } = this.#parts;
    try {
      const { seq } = await ask(item);
      item.seq = seq;
      stored(item);
      this.#acknowledgements.tell({ room: item.room, seq });
      return true;
    } catch (thrown) {
      return this.#refused(item, asRefused(thrown));
    }
  }

  #refused(item: Item, refused: Refused): boolean {
    // Removed, or seen in the timeline, while the question was under way.
    if (!this.#items.has(item.clientId)) return true;
    const { clock, random, leastWaitMs, isFinal, givenUp } = this.#parts;
    item.tries += 1;
    const seconds = refused.refusal.retry_after;
    const wait = seconds == null ? leastWaitMs + backoff(item.tries, random) : seconds * 1000;
    if (isFinal(item, refused, wait)) {
      givenUp(item, refused);
      return true;
    }
    this.#paused.set(item.room, clock.now() + wait);
    clock.after(wait, () => {
      void this.send(item.room);
    });
    return false;
  }
}
