import type { Connection } from './connection';
import { Alarm, type Timer } from './timer';
import { heardOf } from './trouble';

/** How often it is felt. */
export const PULSE_MS = 1_000;

/** The same while nothing comes: what comes again is to be seen at once. */
const FOUND_MS = 250;

/**
 * So long without anything having come, checks of the route included, which either side sends
 * every 2.5 seconds: that way is lost. Browsers say so after seven seconds.
 */
export const SILENT_MS = 3_000;

/** The same while sound ought to come, of which there are several packets a second even in quiet. */
export const MUTE_MS = 1_500;

/** So often in a row something came before its absence says that much. */
const STEADY_BEATS = 5;

/** A beat that is felt later than this says that our own machine is busy, and nothing else. */
const LATE_MS = 250;

export interface PulseParts {
  readonly connection: Connection;
  readonly timer: Timer;
  /** Whether sound ought to come in. */
  sounds(): boolean;
  /** Nothing comes in any more, or something does again. */
  beats(lost: boolean): void;
}

/** Whether anything still comes in on a connection that the browser takes for a good one. */
export class Pulse {
  readonly #parts: PulseParts;
  readonly #next: Alarm;
  #heard: number | null = null;
  /** Beats in a row with something. */
  #steady = 0;
  #silentMs = 0;
  #patienceMs = SILENT_MS;
  #isLost = false;
  #isOn = false;

  constructor(parts: PulseParts) {
    this.#parts = parts;
    this.#next = new Alarm(parts.timer);
  }

  begin(): void {
    this.#isOn = true;
    this.#heard = null;
    this.#steady = 0;
    this.#silentMs = 0;
    this.#isLost = false;
    this.#feelIn(PULSE_MS);
  }

  end(): void {
    this.#isOn = false;
    this.#next.clear();
  }

  #feelIn(ms: number): void {
    const due = this.#parts.timer.now() + ms;
    this.#next.set(ms, () => void this.#feel(ms, this.#parts.timer.now() - due > LATE_MS));
  }

  async #feel(waited: number, isLate: boolean): Promise<void> {
    const report = await this.#parts.connection.getStats().catch(() => null);
    if (!this.#isOn) return;
    const heard = report === null ? null : heardOf(report);
    // Less than before: ways were given up, and nothing came.
    const beats = heard === null || this.#heard === null || heard > this.#heard;
    this.#heard = heard;
    if (beats) {
      this.#steady += 1;
      this.#silentMs = 0;
    } else {
      this.#miss(waited, isLate);
    }
    const isLost = !beats && (this.#isLost || this.#silentMs >= this.#patienceMs);
    const isOther = isLost !== this.#isLost;
    this.#isLost = isLost;
    if (isLost) this.#feelIn(FOUND_MS);
    else if (beats) this.#feelIn(PULSE_MS);
    else this.#feelIn(Math.min(PULSE_MS, this.#patienceMs - this.#silentMs));
    if (isOther) this.#parts.beats(isLost);
  }

  #miss(waited: number, isLate: boolean): void {
    if (this.#silentMs === 0) {
      const isSudden = this.#steady >= STEADY_BEATS && this.#parts.sounds();
      this.#patienceMs = isSudden ? MUTE_MS : SILENT_MS;
    }
    if (isLate) this.#patienceMs = SILENT_MS;
    this.#silentMs += waited;
    this.#steady = 0;
  }
}
