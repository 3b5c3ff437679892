import {
  ERRORS,
  LIMITS,
  type ErrorCode,
  type FollowedRoom,
  type Since,
  type SocketEvent,
  type TimelineEntry,
} from '../protocol/generated';
import { asRefused } from '../protocol/refused';
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

/** A membership may take a moment to be known everywhere; after this many denials it is not one. */
const MOST_DENIALS = 5;

interface Room {
  log: RoomLog;
  /** Whether the server sends live entries on this connection. */
  followed: boolean;
  asking: boolean;
  /** How often in a row it was asked for in vain. */
  tries: number;
  /** How many of these the server meant: that it was busy is no denial. */
  denials: number;
  /** When it may be asked for again. */
  due: number;
  /** Refused for good. */
  final: boolean;
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
  #isOnline: boolean;
  /** The one timer for every room that is to be asked for. */
  #timer: { at: number; cancel: () => void } | null = null;

  constructor(connection: Connection, clock: Clock, random: () => number) {
    this.#connection = connection;
    this.#clock = clock;
    this.#random = random;
    this.#isOnline = connection.state.at === 'online';
    connection.onState((state) => {
      const wasOnline = this.#isOnline;
      this.#isOnline = state.at === 'online';
      // It also tells when it becomes slow or quick: what is followed stays followed then.
      if (this.#isOnline !== wasOnline) this.#beginAnew();
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
          denials: 0,
          due: 0,
          final: false,
          mending: false,
        });
      }
    }
    const unfollow = left.filter(([, room]) => room.followed).map(([id]) => id);
    for (const batch of batches(unfollow, LIMITS.max_places)) {
      // A room that goes on being sent is left unheard; there is nothing to mend.
      this.#connection.ask({ t: 'session.unfollow', rooms: batch }).catch(() => undefined);
    }
    this.#schedule();
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

  /** Another connection, or none: nothing is followed on it, and what was in vain may succeed. */
  #beginAnew(): void {
    for (const room of this.#rooms.values()) {
      room.followed = false;
      room.tries = 0;
      room.denials = 0;
      room.due = 0;
    }
    this.#schedule();
  }

  #missing(): (readonly [string, Room])[] {
    if (!this.#isOnline) return [];
    return [...this.#rooms].filter(([, room]) => {
      const isGivenUp = room.final || room.denials >= MOST_DENIALS;
      return !room.followed && !room.asking && !isGivenUp;
    });
  }

  /** Sets the timer to when the first of the missing rooms may be asked for. */
  #schedule(): void {
    const at = Math.min(...this.#missing().map(([, room]) => room.due));
    if (this.#timer?.at === at) return;
    this.#timer?.cancel();
    this.#timer = null;
    if (at === Infinity) return;
    const cancel = this.#clock.after(Math.max(0, at - this.#clock.now()), () => {
      this.#timer = null;
      this.#followMissing();
    });
    this.#timer = { at, cancel };
  }

  #followMissing(): void {
    const now = this.#clock.now();
    const due = this.#missing().filter(([, room]) => room.due <= now);
    for (const batch of batches(due, LIMITS.max_places)) void this.#follow(batch);
    this.#schedule();
  }

  async #follow(batch: readonly (readonly [string, Room])[]): Promise<void> {
    for (const [, room] of batch) room.asking = true;
    const places = batch.map(([id, room]) => ({ room: id, after: room.log.last ?? 0 }));
    const draw = this.#random();
    try {
      const { rooms } = await this.#connection.ask({ t: 'session.follow', places });
      const answers = new Map(rooms.map((answer) => [answer.room, answer]));
      for (const [id, room] of batch) {
        room.asking = false;
        this.#answered(id, room, answers.get(id), draw);
      }
    } catch (thrown) {
      const { retry_after: seconds } = asRefused(thrown).refusal;
      for (const [, room] of batch) {
        room.asking = false;
        this.#later(room, draw, seconds);
      }
    }
    this.#schedule();
  }

  #answered(id: string, room: Room, answer: FollowedRoom | undefined, draw: number): void {
    // Left while the question was under way; if it is wanted again, that has its own answer.
    if (this.#rooms.get(id) !== room) return;
    if (answer !== undefined && answer.error == null) {
      room.followed = true;
      room.tries = 0;
      room.denials = 0;
      this.#caughtUp(id, answer);
      return;
    }
    const code = answer?.error ?? 'request.unavailable';
    room.final = FINAL.has(code);
    if (!canPass(code)) room.denials += 1;
    this.#later(room, draw);
  }

  /** Rooms that failed together share a draw, and are asked for together. */
  #later(room: Room, draw: number, seconds: number | null = null): void {
    room.tries += 1;
    const wait = seconds === null ? backoff(room.tries, () => draw) : seconds * 1000;
    room.due = this.#clock.now() + wait;
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

/** Whether the server itself expects another answer later. */
function canPass(code: string): boolean {
  return code in ERRORS && ERRORS[code as ErrorCode].retryable;
}

function batches<T>(all: readonly T[], size: number): T[][] {
  const cut: T[][] = [];
  for (let start = 0; start < all.length; start += size) cut.push(all.slice(start, start + size));
  return cut;
}
