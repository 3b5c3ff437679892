import { SvelteMap } from 'svelte/reactivity';
import type { Connection, ServerEvent } from '../ports';

/** Someone asks one to come to a call. */
export interface Ring {
  readonly room: string;
  readonly call: string;
  readonly by: string;
  /** After this it was missed; milliseconds since the epoch. */
  readonly until: number;
}

/** What became of someone one has rung. */
export type Answer = 'ringing' | 'declined' | 'silent';

/** How long a bell rings (`RING_SECONDS` of the protocol). */
const RING_MS = 30_000;

/** Calls that one is asked to, and people that one has asked. */
export class RingingModel {
  #incoming = $state.raw<readonly Ring[]>([]);
  #missed = $state.raw<readonly Ring[]>([]);
  readonly #answers = new SvelteMap<string, Answer>();
  readonly #connection: Connection;
  readonly #now: () => number;
  readonly #sound: () => () => void;
  #hush: (() => void) | null = null;
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  /** `sound` rings aloud until its answer is called. */
  constructor(connection: Connection, now: () => number, sound: () => () => void) {
    this.#connection = connection;
    this.#sound = sound;
    this.#now = now;
    connection.onEvent((event) => {
      this.#happened(event);
    });
  }

  /** The oldest first. */
  get incoming(): readonly Ring[] {
    return this.#incoming;
  }

  get missed(): readonly Ring[] {
    return this.#missed;
  }

  /** What became of the one that was rung in the call one is in. */
  answerOf(user: string): Answer | null {
    return this.#answers.get(user) ?? null;
  }

  /** @throws {Refused} */
  async ring(room: string, users: readonly string[]): Promise<void> {
    await this.#connection.ask({ t: 'signaling.ring', room, users: [...users] });
    for (const user of users) {
      this.#answers.set(user, 'ringing');
      this.#later(user, RING_MS, () => {
        if (this.#answers.get(user) === 'ringing') this.#answers.set(user, 'silent');
      });
    }
  }

  /** Answers no, on all of one's devices. */
  decline(ring: Ring): void {
    this.#silence(ring.call);
    const { room, call } = ring;
    // A call that is over meanwhile needs no answer.
    this.#connection.ask({ t: 'signaling.decline', room, call }).catch(() => undefined);
  }

  /** One goes there; the others are told by joining. */
  accept(ring: Ring): void {
    this.#silence(ring.call);
  }

  /** Someone came, or one has left: nobody is waited for any more. */
  came(users: Iterable<string>): void {
    for (const user of users) this.#answers.delete(user);
  }

  forgetAnswers(): void {
    this.#answers.clear();
  }

  seen(room: string): void {
    this.#missed = this.#missed.filter((ring) => ring.room !== room);
  }

  forgetAll(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#incoming = [];
    this.#quiet();
    this.#missed = [];
    this.#answers.clear();
  }

  #happened(event: ServerEvent): void {
    switch (event.t) {
      case 'notice.ringing':
        this.#rings(event);
        break;
      case 'notice.ringing_stopped': {
        const ring = this.#silence(event.call);
        if (ring !== null && event.why === 'ended') this.#miss(ring);
        break;
      }
      case 'notice.declined':
        if (this.#answers.has(event.user)) this.#answers.set(event.user, 'declined');
        break;
      default:
        break;
    }
  }

  #rings({ room, call, by, until }: Ring): void {
    const ring = { room, call, by, until };
    const left = Math.min(until - this.#now(), RING_MS);
    // It comes late, to a device that was away.
    if (left <= 0) {
      this.#miss(ring);
      return;
    }
    this.#incoming = [...this.#incoming.filter((known) => known.call !== call), ring];
    this.#hush ??= this.#sound();
    this.#later(call, left, () => {
      if (this.#silence(call) !== null) this.#miss(ring);
    });
  }

  #silence(call: string): Ring | null {
    const ring = this.#incoming.find((known) => known.call === call) ?? null;
    if (ring === null) return null;
    clearTimeout(this.#timers.get(call));
    this.#timers.delete(call);
    this.#incoming = this.#incoming.filter((known) => known !== ring);
    this.#quiet();
    return ring;
  }

  #quiet(): void {
    if (this.#incoming.length > 0) return;
    this.#hush?.();
    this.#hush = null;
  }

  #miss(ring: Ring): void {
    this.#missed = [...this.#missed.filter(({ room }) => room !== ring.room), ring];
  }

  #later(key: string, ms: number, deed: () => void): void {
    clearTimeout(this.#timers.get(key));
    this.#timers.set(key, setTimeout(deed, ms));
  }
}
