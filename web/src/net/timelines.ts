import type { Error as Refusal, Shown, TimelineEntry } from '../protocol/generated';
import type { Clock } from './clock';
import type { Connection } from './connection';
import type { Deeds } from './deeds';
import type { Follower } from './follow';
import type { Outbox, Outgoing } from './outbox';
import { foreseen, type DeedCommand } from './timeline/foreseen';
import { RoomTimeline, type Side } from './timeline/room_timeline';

/** A room's timeline as far as it is loaded, and what one has written but not sent. */
export interface TimelineState {
  readonly phase: 'loading' | 'ready' | 'failed';
  readonly refusal: Refusal | null;
  readonly messages: readonly Shown[];
  readonly outgoing: readonly Outgoing[];
  readonly moreBefore: boolean;
  readonly moreAfter: boolean;
  readonly fetching: Side | null;
  readonly fetchFailed: boolean;
  readonly head: number;
}

/** Rooms left a moment ago are shown at once when one comes back to them. */
const MOST_KEPT = 8;

const PAGE = 50;

interface Watched {
  readonly timeline: RoomTimeline;
  readonly listeners: Set<(state: TimelineState) => void>;
}

export interface TimelinesParts {
  readonly connection: Connection;
  readonly follower: Follower;
  readonly outbox: Outbox;
  readonly deeds: Deeds;
  readonly newId: () => string;
  readonly clock: Clock;
  readonly random: () => number;
}

/** Every room's timeline: what is loaded of it, kept live, with one's own unsent messages. */
export class Timelines {
  readonly #parts: TimelinesParts;
  /** In the order of use, the latest last. */
  readonly #rooms = new Map<string, Watched>();

  constructor(parts: TimelinesParts) {
    this.#parts = parts;
    const { connection, follower, outbox, deeds } = parts;
    follower.onEntry((entry) => {
      this.#entered(entry);
    });
    follower.onRestart((room) => {
      void this.#rooms.get(room)?.timeline.restart();
    });
    for (const own of [outbox, deeds]) {
      own.onAcknowledged(({ room, seq }) => {
        follower.heardOf(room, seq);
        this.#settle(room);
      });
      own.onChange((room) => {
        this.#tell(room);
      });
    }
    connection.onState((state) => {
      if (state.at === 'online') this.#loadMissing();
    });
  }

  followOnly(rooms: readonly string[]): void {
    this.#parts.follower.followOnly(rooms);
    const left = [...this.#rooms.keys()].filter((room) => !rooms.includes(room));
    for (const room of left) {
      // What one was shut out of is not kept; whoever still watches it has it as it was.
      if (this.#rooms.get(room)?.listeners.size === 0) this.#rooms.delete(room);
    }
  }

  watch(room: string, listener: (state: TimelineState) => void): () => void {
    const watched = this.#use(room);
    watched.listeners.add(listener);
    const { run } = watched.timeline;
    // Coming back one wants the end, not the place one had left.
    if (run === null || run.moreAfter) void watched.timeline.begin({});
    else void watched.timeline.retry();
    listener(this.#stateOf(room, watched.timeline));
    return () => {
      watched.listeners.delete(listener);
      this.#forgetOldest();
    };
  }

  async loadBefore(room: string): Promise<void> {
    await this.#use(room).timeline.load('before');
  }

  async loadAfter(room: string): Promise<void> {
    await this.#use(room).timeline.load('after');
  }

  async loadAround(room: string, seq: number): Promise<void> {
    await this.#use(room).timeline.begin({ around: seq });
  }

  async loadLatest(room: string): Promise<void> {
    await this.#use(room).timeline.begin({});
  }

  post(room: string, text: string, replyTo: number | null): string {
    return this.#parts.outbox.post(room, text, replyTo);
  }

  resend(clientId: string): void {
    this.#parts.outbox.resend(clientId);
  }

  discard(clientId: string): void {
    this.#parts.outbox.discard(clientId);
  }

  async edit(room: string, target: number, text: string): Promise<void> {
    await this.#do({ t: 'chat.edit', room, client_id: this.#parts.newId(), target, text });
  }

  async remove(room: string, target: number): Promise<void> {
    await this.#do({ t: 'chat.delete', room, client_id: this.#parts.newId(), target });
  }

  async react(room: string, target: number, emoji: string): Promise<void> {
    await this.#do({ t: 'chat.react', room, client_id: this.#parts.newId(), target, emoji });
  }

  async unreact(room: string, target: number, emoji: string): Promise<void> {
    await this.#do({ t: 'chat.unreact', room, client_id: this.#parts.newId(), target, emoji });
  }

  /** Leaves nothing of one person to the next. */
  forgetAll(): void {
    this.#parts.follower.followOnly([]);
    this.#rooms.clear();
  }

  async #do(command: DeedCommand): Promise<void> {
    await this.#parts.deeds.do(command);
  }

  #entered(entry: TimelineEntry): void {
    this.#rooms.get(entry.room)?.timeline.enter(entry);
    if (entry.t === 'message.posted') this.#parts.outbox.delivered([entry]);
    else this.#parts.deeds.delivered(entry);
  }

  /** Own messages that the run shows, or has passed, are not shown beside it. */
  #settle(room: string): void {
    const run = this.#rooms.get(room)?.timeline.run;
    const { outbox, deeds, follower } = this.#parts;
    if (run == null) {
      // Nothing is shown of the room that would have to look as if it were done.
      deeds.passed(room, Infinity);
      return;
    }
    const seq = Math.min(run.applied, follower.head(room));
    outbox.delivered(run.messages);
    outbox.passed(room, seq);
    deeds.passed(room, seq);
  }

  #use(room: string): Watched {
    const { connection, follower, clock, random } = this.#parts;
    const watched = this.#rooms.get(room) ?? {
      timeline: new RoomTimeline({
        readHistory: (asked) => connection.ask({ t: 'chat.history', room, limit: PAGE, ...asked }),
        since: (head) => follower.since(room, head),
        changed: () => {
          this.#settle(room);
          this.#tell(room);
        },
        clock,
        random,
      }),
      listeners: new Set(),
    };
    this.#rooms.delete(room);
    this.#rooms.set(room, watched);
    return watched;
  }

  #forgetOldest(): void {
    const idle = [...this.#rooms].filter(([, { listeners }]) => listeners.size === 0);
    for (const [room] of idle.slice(0, -MOST_KEPT)) this.#rooms.delete(room);
  }

  /** What could not be loaded without a connection is asked for with the new one. */
  #loadMissing(): void {
    for (const { timeline } of this.#rooms.values()) void timeline.retry();
  }

  #tell(room: string): void {
    const watched = this.#rooms.get(room);
    if (watched === undefined || watched.listeners.size === 0) return;
    const state = this.#stateOf(room, watched.timeline);
    for (const listener of [...watched.listeners]) listener(state);
  }

  #stateOf(room: string, timeline: RoomTimeline): TimelineState {
    const { run, refusal, fetching, fetchFailed } = timeline;
    const { outbox, deeds, follower } = this.#parts;
    return {
      phase: run !== null ? 'ready' : refusal !== null ? 'failed' : 'loading',
      refusal,
      messages: foreseen(run?.messages ?? [], deeds.of(room)),
      outgoing: outbox.of(room),
      moreBefore: run?.moreBefore ?? false,
      moreAfter: run?.moreAfter ?? false,
      fetching,
      fetchFailed,
      head: Math.max(run?.applied ?? 0, follower.head(room)),
    };
  }
}
