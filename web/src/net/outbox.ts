import type { Error as Refusal } from '../protocol/generated';
import type { Refused } from '../protocol/refused';
import type { Clock } from './clock';
import type { Connection } from './connection';
import { Listeners } from './listeners';
import { MOST_TRIES, RoomQueues, type Queued } from './room_queues';
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

/** A refusal that lasts longer than this is the person's to know. */
const LONGEST_WAIT_S = 120;

/** Nobody waits for it to be stored: a server in trouble is left alone a little longer. */
const LEAST_WAIT_MS = 500;

interface Waiting extends Queued {
  unsent: Unsent;
}

/**
 * What one has written, until the timeline has it: kept over a reload, sent in the order of writing
 * in each room, stored once however often it is sent.
 */
export class Outbox {
  readonly #parts: OutboxParts;
  readonly #queues: RoomQueues<Waiting>;
  readonly #changes = new Listeners<string>();
  #user: string | null = null;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
    const { connection, clock, random } = parts;
    this.#queues = new RoomQueues({
      connection,
      clock,
      random,
      leastWaitMs: LEAST_WAIT_MS,
      isReady: ({ unsent }) => unsent.refusal === null,
      ask: ({ unsent }) => ask(connection, unsent),
      stored: ({ clientId }) => {
        this.#forget(clientId);
      },
      isFinal: ({ tries }, refused) => isFinal(refused, tries),
      givenUp: (waiting, { refusal }) => {
        this.#change(waiting, { refusal });
      },
    });
    connection.onState((state) => {
      if (state.at === 'online') void this.adopt();
      for (const room of this.#queues.rooms()) this.#changes.tell(room);
    });
  }

  /** Begins with what this person has left unsent; null forgets, and keeps it in the store. */
  async open(user: string | null): Promise<void> {
    if (user === this.#user) return;
    const rooms = this.#queues.rooms();
    this.#queues.clear();
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
    return this.#queues.onAcknowledged(listener);
  }

  /** In the order of writing. */
  of(room: string): Outgoing[] {
    const isOnline = this.#parts.connection.state.at === 'online';
    return this.#queues.of(room).map(({ unsent }) => ({
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
    void this.#queues.send(room);
    return clientId;
  }

  resend(clientId: string): void {
    const waiting = this.#queues.get(clientId);
    if (waiting === undefined) return;
    waiting.tries = 0;
    this.#queues.resume(waiting.room);
    this.#change(waiting, { refusal: null });
    void this.#queues.send(waiting.room);
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
    for (const waiting of this.#queues.of(room)) {
      if (waiting.seq !== null && waiting.seq <= seq) this.#drop(waiting.clientId);
    }
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
        if (unsent.tab === tabs.id || this.#queues.get(unsent.clientId) !== undefined) continue;
        if (gone.has(unsent.tab)) {
          this.#hold({ ...unsent, tab: tabs.id });
        }
      }
    });
    for (const room of this.#queues.rooms()) {
      this.#changes.tell(room);
      void this.#queues.send(room);
    }
  }

  #hold(unsent: Unsent): void {
    const { clientId, room } = unsent;
    this.#queues.add({ clientId, room, unsent, tries: 0, seq: null });
    this.#keep(unsent);
  }

  #change(waiting: Waiting, change: Partial<Unsent>): void {
    waiting.unsent = { ...waiting.unsent, ...change };
    this.#keep(waiting.unsent);
    this.#changes.tell(waiting.room);
  }

  /** Without a database (a private window) it lives as long as this page. */
  #keep(unsent: Unsent): void {
    this.#parts.store.put(unsent).catch(() => undefined);
  }

  #forget(clientId: string): void {
    this.#parts.store.remove(clientId).catch(() => undefined);
  }

  #drop(clientId: string): void {
    const waiting = this.#queues.get(clientId);
    if (waiting === undefined) return;
    this.#queues.remove(clientId);
    this.#forget(clientId);
    this.#changes.tell(waiting.room);
  }
}

function ask(connection: Connection, unsent: Unsent): Promise<{ seq: number }> {
  const { clientId, room, text, replyTo } = unsent;
  return connection.ask({ t: 'chat.post', room, client_id: clientId, text, reply_to: replyTo });
}

/** Whether only the person can go on from here: change the text, be unmuted, be let in. */
function isFinal({ refusal, code, isOurs }: Refused, tries: number): boolean {
  if (isOurs) return false;
  if (code === 'auth.required' || code === 'auth.token_expired') return false;
  if (refusal.retryable !== true || code === 'rooms.muted') return true;
  if ((refusal.retry_after ?? 0) > LONGEST_WAIT_S) return true;
  return code === 'request.internal' && tries >= MOST_TRIES;
}
