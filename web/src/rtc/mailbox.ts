import type { Told } from './line';
import type { Timer } from './timer';

/** A roster event that is this late does not come any more; a client asks for the roster then. */
export const KEPT_MS = 10_000;

/** An offer, its candidates over three transports, and one more try. */
const PER_SESSION = 64;

/** More than a call has. */
const SESSIONS = 32;

interface Kept {
  readonly told: Told[];
  readonly forget: () => void;
}

/** First messages of sessions that the roster does not name yet: the two come by different ways. */
export class Mailbox {
  readonly #timer: Timer;
  readonly #kept = new Map<string, Kept>();

  constructor(timer: Timer) {
    this.#timer = timer;
  }

  keep(session: string, told: Told): void {
    let kept = this.#kept.get(session);
    if (kept === undefined) {
      if (this.#kept.size >= SESSIONS) return;
      const forget = this.#timer.after(KEPT_MS, () => this.#kept.delete(session));
      kept = { told: [], forget };
      this.#kept.set(session, kept);
    }
    if (kept.told.length < PER_SESSION) kept.told.push(told);
  }

  /** What a session told so far, in the order of coming; it is not kept any longer. */
  take(session: string): readonly Told[] {
    const kept = this.#kept.get(session);
    this.#kept.delete(session);
    kept?.forget();
    return kept?.told ?? [];
  }

  clear(): void {
    for (const { forget } of this.#kept.values()) forget();
    this.#kept.clear();
  }
}
