import type { Error as Refusal } from '../protocol/generated';
import { asRefused, type Refused } from '../protocol/refused';
import { backoff } from './backoff';
import type { Clock } from './clock';
import type { Connection } from './connection';
import { Listeners } from './listeners';
import type { Tabs } from './tabs';
import type { Unsent, UnsentStore } from './unsent';

/** One's own message as it is shown until the timeline has it. */
export interface Outgoing {
  readonly clientId: string;
  readonly room: string;
  readonly text: string;
  readonly replyTo: number | null;
  readonly at: number;
  readonly status: 'sending' | 'queued' | 'failed';
  readonly refusal: Refusal | null;
}

export interface OutboxParts {
  readonly connection: Connection;
  readonly store: UnsentStore;
  readonly tabs: Tabs;
  readonly clock: Clock;
  readonly random: () => number;
  readonly newId: () => string;
}

/** A failure of the server's is tried again this often before the person is asked. */
const MOST_TRIES = 6;

/** A refusal that lasts longer than this is the person's to know. */
const LONGEST_WAIT_S = 120;

interface Waiting {
  unsent: Unsent;
  tries: number;
  /** Where it stands in the timeline, once acknowledged. */
  seq: number | null;
}

/**
 * What one has written, until the timeline has it: kept over a reload, sent in the order of writing
 * in each room, stored once however often it is sent.
 */
export class Outbox {
  readonly #parts: OutboxParts;
  readonly #changes = new Listeners<string>();
  readonly #acknowledgements = new Listeners<{ room: string; seq: number }>();
  readonly #waiting = new Map<string, Waiting>();
  readonly #sending = new Set<string>();
  /** Until when the server wants nothing more of a room. */
  readonly #paused = new Map<string, number>();
  #user: string | null = null;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
    parts.connection.onState((state) => {
      if (state.at === 'online') {
        void this.adopt();
        for (const room of this.#rooms()) void this.#send(room);
      }
      for (const room of this.#rooms()) this.#changes.tell(room);
    });
  }

  /** Begins with what this person has left unsent; null forgets, and keeps it in the store. */
  async open(user: string | null): Promise<void> {
    if (user === this.#user) return;
    const rooms = this.#rooms();
    this.#waiting.clear();
    this.#user = user;
    for (const room of rooms) this.#changes.tell(room);
    if (user !== null) await this.adopt();
  }

  /** Tells the room in which something changed. */
  onChange(listener: (room: string) => void): () => void {
    return this.#changes.add(listener);
  }

  /** Tells the place of each message that the server has stored. */
  onAcknowledged(listener: (place: { room: string; seq: number }) => void): () => void {
    return this.#acknowledgements.add(listener);
  }

  /** In the order of writing. */
  of(room: string): Outgoing[] {
    const isOnline = this.#parts.connection.state.at === 'online';
    return this.#in(room).map(({ unsent }) => ({
      clientId: unsent.clientId,
      room: unsent.room,
      text: unsent.text,
      replyTo: unsent.replyTo,
      at: unsent.at,
      status: unsent.refusal !== null ? 'failed' : isOnline ? 'sending' : 'queued',
      refusal: unsent.refusal,
    }));
  }

  post(room: string, text: string, replyTo: number | null): string {
    const { tabs, clock, newId } = this.#parts;
    const clientId = newId();
    const user = this.#user ?? '';
    const unsent = { clientId, user, room, text, replyTo, at: clock.now(), tab: tabs.id };
    this.#hold({ ...unsent, refusal: null });
    this.#changes.tell(room);
    void this.#send(room);
    return clientId;
  }

  resend(clientId: string): void {
    const waiting = this.#waiting.get(clientId);
    if (waiting === undefined) return;
    waiting.tries = 0;
    this.#paused.delete(waiting.unsent.room);
    this.#change(waiting, { refusal: null });
    void this.#send(waiting.unsent.room);
  }

  discard(clientId: string): void {
    this.#drop(clientId);
  }

  /** The timeline has these messages now: they are shown there and nowhere else. */
  delivered(messages: Iterable<{ author: string; client_id: string }>): void {
    for (const { author, client_id } of messages) {
      if (author === this.#user) this.#drop(client_id);
    }
  }

  /** The timeline has every entry up to `seq`. */
  passed(room: string, seq: number): void {
    for (const waiting of this.#in(room)) {
      if (waiting.seq !== null && waiting.seq <= seq) this.#drop(waiting.unsent.clientId);
    }
  }

  #in(room: string): Waiting[] {
    return [...this.#waiting.values()].filter(({ unsent }) => unsent.room === room);
  }

  #rooms(): Set<string> {
    return new Set([...this.#waiting.values()].map(({ unsent }) => unsent.room));
  }

  /** Takes over what tabs that are gone have left, and what this one left before a reload. */
  async adopt(): Promise<void> {
    const user = this.#user;
    if (user === null) return;
    const { tabs, store } = this.#parts;
    await tabs.alone('adopt', async () => {
      const stored = await store.of(user).catch(() => []);
      const gone = await tabs.gone(new Set(stored.map(({ tab }) => tab)));
      if (user !== this.#user) return;
      for (const unsent of stored) {
        if (unsent.tab === tabs.id || this.#waiting.has(unsent.clientId)) continue;
        if (gone.has(unsent.tab)) {
          this.#hold({ ...unsent, tab: tabs.id });
        }
      }
    });
    for (const room of this.#rooms()) {
      this.#changes.tell(room);
      void this.#send(room);
    }
  }

  /** Sends what waits in a room, one after the other, as long as the server takes it. */
  async #send(room: string): Promise<void> {
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

  #next(room: string): Waiting | undefined {
    const { connection, clock } = this.#parts;
    if (connection.state.at !== 'online') return undefined;
    if ((this.#paused.get(room) ?? 0) > clock.now()) return undefined;
    return this.#in(room).find(({ unsent, seq }) => seq === null && unsent.refusal === null);
  }

  /** Whether the next one may follow at once. */
  async #sendOne(waiting: Waiting): Promise<boolean> {
    const { clientId, room, text, replyTo } = waiting.unsent;
    try {
      const { seq } = await this.#parts.connection.ask({
        t: 'chat.post',
        room,
        client_id: clientId,
        text,
        reply_to: replyTo,
      });
      waiting.seq = seq;
      this.#parts.store.remove(clientId).catch(() => undefined);
      this.#acknowledgements.tell({ room, seq });
      return true;
    } catch (thrown) {
      return this.#refused(waiting, asRefused(thrown));
    }
  }

  #refused(waiting: Waiting, refused: Refused): boolean {
    // Discarded, or seen in the timeline, while the question was under way.
    if (!this.#waiting.has(waiting.unsent.clientId)) return true;
    waiting.tries += 1;
    if (isFinal(refused, waiting.tries)) {
      this.#change(waiting, { refusal: refused.refusal });
      return true;
    }
    const { clock, random } = this.#parts;
    const { room } = waiting.unsent;
    const seconds = refused.refusal.retry_after;
    const wait = seconds == null ? 500 + backoff(waiting.tries, random) : seconds * 1000;
    this.#paused.set(room, clock.now() + wait);
    clock.after(wait, () => {
      void this.#send(room);
    });
    return false;
  }

  #hold(unsent: Unsent): void {
    this.#waiting.set(unsent.clientId, { unsent, tries: 0, seq: null });
    this.#keep(unsent);
  }

  #change(waiting: Waiting, change: Partial<Unsent>): void {
    waiting.unsent = { ...waiting.unsent, ...change };
    this.#keep(waiting.unsent);
    this.#changes.tell(waiting.unsent.room);
  }

  /** Without a database (a private window) it lives as long as this page. */
  #keep(unsent: Unsent): void {
    this.#parts.store.put(unsent).catch(() => undefined);
  }

  #drop(clientId: string): void {
    const waiting = this.#waiting.get(clientId);
    if (waiting === undefined) return;
    this.#waiting.delete(clientId);
    this.#parts.store.remove(clientId).catch(() => undefined);
    this.#changes.tell(waiting.unsent.room);
  }
}

/** Whether only the person can go on from here: change the text, be unmuted, be let in. */
function isFinal({ refusal, code, isOurs }: Refused, tries: number): boolean {
  if (isOurs) return false;
  if (code === 'auth.required' || code === 'auth.token_expired') return false;
  if (refusal.retryable !== true || code === 'rooms.muted') return true;
  if ((refusal.retry_after ?? 0) > LONGEST_WAIT_S) return true;
  return code === 'request.internal' && tries >= MOST_TRIES;
}
