import {
  LIMITS,
  type FollowedRoom,
  type Since,
  type SocketEvent,
  type TimelineEntry,
} from '../protocol/generated';
import { asRefused, type Refused } from '../protocol/refused';
import { backoff } from './backoff';
import type { Clock } from './clock';
import type { Connection } from './connection';
import { Listeners } from './listeners';
import {
  emptyLog,
  heardOf,
  isBehind,
  placedAt,
  since,
  taken,
  type RoomLog,
  type Step,
} from './timeline/log';

/** Entries may overtake each other by a moment; only a lasting gap is worth a question. */
const GAP_MS = 300;

/** Codes that another try will not change. */
const FINAL: ReadonlySet<string> = new Set([
  'rooms.unknown',
  'rooms.banned',
  'auth.guest_forbidden',
  'session.too_many_followed',
]);

/** A membership may take a moment to be known everywhere; after this many tries it is not one. */
const MOST_TRIES = 5;

interface Room {
  log: RoomLog;
  /** Whether the server sends live entries on this connection. */
  followed: boolean;
  asking: boolean;
  tries: number;
  /** Whether a question for missing entries is due. */
  mending: boolean;
}

/**
 * Follows rooms live and passes their entries on in order, each once, over lost connections, gaps
 * and repetitions. Where that can't be kept, it says that the room begins again.
 */
export class Follower {
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #rooms = new Map<string, Room>();
  readonly #entries = new Listeners<TimelineEntry>();
  readonly #restarts = new Listeners<string>();
  #isScheduled = false;

  constructor(connection: Connection, clock: Clock, random: () => number) {
    this.#connection = connection;
    this.#clock = clock;
    this.#random = random;
    connection.onState((state) => {
      for (const room of this.#rooms.values()) room.followed = false;
      if (state.at === 'online') this.#schedule(0);
    });
  }

  /** Entries in the order of their room, each once. */
  onEntry(listener: (entry: TimelineEntry) => void): () => void {
    return this.#entries.add(listener);
  }

  /** A room whose entries go on from a new place: what is held from before it may have a hole. */
  onRestart(listener: (room: string) => void): () => void {
    return this.#restarts.add(listener);
  }

  /** Follows these rooms and no others. */
  followOnly(rooms: readonly string[]): void {
    const wanted = new Set(rooms.slice(0, this.#most));
    const left = [...this.#rooms].filter(([id]) => !wanted.has(id));
    for (const [id] of left) this.#rooms.delete(id);
    for (const id of wanted) {
      if (!this.#rooms.has(id)) {
        this.#rooms.set(id, {
          log: emptyLog,
          followed: false,
          asking: false,
          tries: 0,
          mending: false,
        });
      }
    }
    const unfollow = left.filter(([, room]) => room.followed).map(([id]) => id);
    for (const batch of batches(unfollow, LIMITS.max_places)) {
      // A room that goes on being sent is left unheard; there is nothing to mend.
      this.#connection.ask({ t: 'session.unfollow', rooms: batch }).catch(() => undefined);
    }
    this.#schedule(0);
  }

  /** Takes an entry as the connection hands it over. */
  take(entry: TimelineEntry): void {
    this.#move(entry.room, (log) => taken(log, [entry]));
  }

  /** Somebody told that this entry exists: if it does not come by itself, it is asked for. */
  heardOf(id: string, seq: number): void {
    this.#move(id, (log) => ({ log: heardOf(log, seq), ready: [] }));
  }

  head(id: string): number {
    return this.#rooms.get(id)?.log.told ?? 0;
  }

  /** What has been passed on after `head`; null where that is not known any more. */
  since(id: string, head: number): readonly TimelineEntry[] | null {
    const room = this.#rooms.get(id);
    return room === undefined ? [] : since(room.log, head);
  }

  get #most(): number {
    return this.#connection.limits?.followed_rooms ?? LIMITS.max_followed;
  }

  #schedule(ms: number): void {
    if (ms === 0 && this.#isScheduled) return;
    if (ms === 0) this.#isScheduled = true;
    this.#clock.after(ms, () => {
      if (ms === 0) this.#isScheduled = false;
      this.#followMissing();
    });
  }

  #followMissing(): void {
    if (this.#connection.state.at !== 'online') return;
    const missing = [...this.#rooms].filter(
      ([, room]) => !room.followed && !room.asking && room.tries < MOST_TRIES,
    );
    for (const batch of batches(missing, LIMITS.max_places)) void this.#follow(batch);
  }

  async #follow(batch: readonly (readonly [string, Room])[]): Promise<void> {
    for (const [, room] of batch) room.asking = true;
    const places = batch.map(([id, room]) => ({ room: id, after: room.log.last ?? 0 }));
    try {
      const { rooms } = await this.#connection.ask({ t: 'session.follow', places });
      for (const [, room] of batch) room.asking = false;
      for (const answer of rooms) this.#answered(answer);
    } catch (thrown) {
      for (const [, room] of batch) room.asking = false;
      this.#retry(asRefused(thrown), 0);
    }
  }

  #answered(answer: FollowedRoom): void {
    const room = this.#rooms.get(answer.room);
    if (room === undefined) return;
    if (answer.error != null) {
      room.tries = FINAL.has(answer.error) ? MOST_TRIES : room.tries + 1;
      if (room.tries < MOST_TRIES) this.#schedule(backoff(room.tries, this.#random));
      return;
    }
    room.followed = true;
    room.tries = 0;
    this.#caughtUp(answer.room, answer);
  }

  /** Takes in an answer that says what came after our place, or that nobody can say any more. */
  #caughtUp(id: string, answer: FollowedRoom | Since): void {
    const room = this.#rooms.get(id);
    if (room === undefined) return;
    const { recovered = false, head = 0, entries = [] } = answer;
    if (recovered && room.log.last !== null) {
      this.#move(id, (log) => taken(heardOf(log, head), entries));
    } else if (room.log.last === null || head > room.log.last) {
      // The first answer only places us: what was before is history, and read as such.
      this.#move(id, (log) => placedAt(log, head));
      this.#restarts.tell(id);
    }
  }

  #move(id: string, step: (log: RoomLog) => Step): void {
    const room = this.#rooms.get(id);
    if (room === undefined) return;
    const { log, ready } = step(room.log);
    room.log = log;
    for (const entry of ready) this.#entries.tell(entry);
    if (isBehind(room.log)) this.#mendLater(id, GAP_MS);
  }

  #mendLater(id: string, ms: number): void {
    const room = this.#rooms.get(id);
    if (room === undefined || room.mending) return;
    room.mending = true;
    this.#clock.after(ms, () => {
      room.mending = false;
      void this.#mend(id);
    });
  }

  /** Asks for what is missing, if it still is. */
  async #mend(id: string): Promise<void> {
    const room = this.#rooms.get(id);
    if (room === undefined || room.asking || !room.followed || !isBehind(room.log)) return;
    room.asking = true;
    try {
      const after = room.log.last ?? 0;
      const answer = await this.#connection.ask({ t: 'chat.since', room: id, after });
      room.asking = false;
      this.#caughtUp(id, answer);
    } catch (thrown) {
      room.asking = false;
      const { retry_after: seconds } = asRefused(thrown).refusal;
      if (this.#connection.state.at === 'online') this.#mendLater(id, (seconds ?? 2) * 1000);
    }
  }

  #retry(refused: Refused, attempt: number): void {
    const seconds = refused.refusal.retry_after;
    this.#schedule(seconds == null ? 1000 + backoff(attempt + 2, this.#random) : seconds * 1000);
  }
}

/** Whether an event is an entry of a timeline, and so comes in an order of its own. */
export function isEntry(event: SocketEvent): event is TimelineEntry {
  switch (event.t) {
    case 'message.posted':
    case 'message.edited':
    case 'message.deleted':
    case 'reaction.added':
    case 'reaction.removed':
      return true;
    case 'room.updated':
    case 'room.deleted':
    case 'member.joined':
    case 'member.left':
    case 'member.changed':
    case 'member.profile_changed':
    case 'presence.changed':
    case 'typing':
    case 'notice.room_added':
    case 'notice.room_removed':
    case 'notice.mentioned':
    case 'notice.read_moved':
    case 'notice.signed_out':
    case 'session.going_away':
    case 'call.started':
    case 'call.ended':
    case 'call.joined':
    case 'call.left':
    case 'call.changed':
    case 'stage.reacted':
    case 'notice.ringing':
    case 'notice.ringing_stopped':
    case 'notice.declined':
    case 'signal.offer':
    case 'signal.answer':
    case 'signal.candidate':
    case 'signal.end_of_candidates':
    case 'signal.restart_ice':
      return false;
    default:
      event satisfies never;
      return false;
  }
}

function batches<T>(all: readonly T[], size: number): T[][] {
  const cut: T[][] = [];
  for (let start = 0; start < all.length; start += size) cut.push(all.slice(start, start + size));
  return cut;
}
