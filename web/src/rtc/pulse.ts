import type { Connection } from './connection';
import { Alarm, type Timer } from './timer';
import { heardOf } from './trouble';

/** How often it is felt. */
export const PULSE_MS = 1_000;

/**
 * So many times in a row without anything having come, checks of the route included, which either
 * side sends every 2.5 seconds: that way is lost. Browsers say so after seven seconds.
 */
export const BEATS_MISSED = 3;

/** Whether anything still comes in on a connection that the browser takes for a good one. */
export class Pulse {
  readonly #connection: Connection;
  readonly #next: Alarm;
  readonly #told: (lost: boolean) => void;
  #heard: number | null = null;
  #missed = 0;
  #isOn = false;

  constructor(connection: Connection, timer: Timer, told: (lost: boolean) => void) {
    this.#connection = connection;
    this.#next = new Alarm(timer);
    this.#told = told;
  }

  begin(): void {
    this.#isOn = true;
    this.#heard = null;
    this.#missed = 0;
    this.#again();
  }

  end(): void {
    this.#isOn = false;
    this.#next.clear();
  }

  #again(): void {
    this.#next.set(PULSE_MS, () => void this.#feel());
  }

  async #feel(): Promise<void> {
    const report = await this.#connection.getStats().catch(() => null);
    if (!this.#isOn) return;
    this.#again();
    const heard = report === null ? null : heardOf(report);
    const wasLost = this.#missed >= BEATS_MISSED;
    // Less than before: ways were given up, and nothing came.
    const beats = heard === null || this.#heard === null || heard > this.#heard;
    this.#missed = beats ? 0 : this.#missed + 1;
    this.#heard = heard;
    const isLost = this.#missed >= BEATS_MISSED;
    if (isLost !== wasLost) this.#told(isLost);
  }
}
