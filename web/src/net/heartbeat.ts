import type { Clock } from './clock';

/** An answer slower than this makes the connection "slow" on the screen. */
export const SLOW_MS = 2000;

/** A peer that is silent for this long after a ping is dead, however open its socket looks. */
export const SILENCE_MS = 8000;

/** Nothing heard for this long after a request, and the peer is asked whether it is there. */
const PATIENCE_MS = 3000;

/** While the connection is slow, it is asked this often whether it still is. */
const SLOW_EVERY_MS = 3000;

export interface HeartbeatEvents {
  /** Send a ping; call `ponged` when its answer is here. */
  ping(): void;
  slow(isSlow: boolean): void;
  dead(): void;
}

/** Shows the server that we live, and finds out when it does not. */
export class Heartbeat {
  readonly #clock: Clock;
  readonly #everyMs: number;
  readonly #events: HeartbeatEvents;
  #stopNext: () => void = () => undefined;
  #stopSlow: () => void = () => undefined;
  #stopSilence: (() => void) | null = null;
  #stopPatience: (() => void) | null = null;
  #isSlow = false;
  #late = false;

  /** `everyMs` is what the server asks for; pings go out a little more often than that. */
  constructor(clock: Clock, everyMs: number, events: HeartbeatEvents) {
    this.#clock = clock;
    this.#everyMs = everyMs * 0.75;
    this.#events = events;
    this.#rest();
  }

  /** Asks at once whether the server is there: the machine slept, or the network changed. */
  probe(): void {
    if (this.#stopSilence !== null) return;
    this.stop();
    this.#late = false;
    this.#stopSlow = this.#clock.after(SLOW_MS, () => {
      this.#late = true;
      this.#become(true);
    });
    this.#listen();
    this.#events.ping();
  }

  /** Something was asked of the peer: a dead one is found out sooner than by the next ping. */
  asked(): void {
    this.#stopPatience ??= this.#clock.after(PATIENCE_MS, () => {
      this.#stopPatience = null;
      this.probe();
    });
  }

  /** Something came in: the peer lives, even if the answer to the ping stands behind it. */
  heard(): void {
    this.#stopPatience?.();
    this.#stopPatience = null;
    if (this.#stopSilence === null) return;
    this.#stopSilence();
    this.#listen();
  }

  ponged(): void {
    if (this.#stopSilence === null) return;
    this.stop();
    if (!this.#late) this.#become(false);
    this.#rest();
  }

  stop(): void {
    this.#stopNext();
    this.#stopSlow();
    this.#stopSilence?.();
    this.#stopSilence = null;
    this.#stopPatience?.();
    this.#stopPatience = null;
  }

  #rest(): void {
    const wait = this.#isSlow ? Math.min(SLOW_EVERY_MS, this.#everyMs) : this.#everyMs;
    this.#stopNext = this.#clock.after(wait, () => {
      this.probe();
    });
  }

  #listen(): void {
    this.#stopSilence = this.#clock.after(SILENCE_MS, () => {
      this.stop();
      this.#events.dead();
    });
  }

  #become(slow: boolean): void {
    if (this.#isSlow === slow) return;
    this.#isSlow = slow;
    this.#events.slow(slow);
  }
}
