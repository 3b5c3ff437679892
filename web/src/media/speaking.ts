export interface SpeakingPace {
  /** Loudness from 0 to 1 that counts as speech, and below which it counts as silence again. */
  readonly on: number;
  readonly off: number;
  /** A cough is shorter. */
  readonly onAfterMs: number;
  /** A breath between two sentences is shorter. */
  readonly offAfterMs: number;
}

/** For the ring around the one who speaks. */
export const ringPace: SpeakingPace = { on: 0.42, off: 0.3, onAfterMs: 150, offAfterMs: 700 };

/** For "you are muted": a word aside is not meant for the call. */
export const mutedPace: SpeakingPace = { on: 0.5, off: 0.3, onAfterMs: 600, offAfterMs: 2500 };

/** Tells speech from noises by how long it lasts. */
export class Speaking {
  readonly #pace: SpeakingPace;
  #speaks = false;
  /** Since when the loudness contradicts `#speaks`. */
  #since: number | null = null;

  constructor(pace: SpeakingPace = ringPace) {
    this.#pace = pace;
  }

  get speaks(): boolean {
    return this.#speaks;
  }

  /** Takes how loud it is at this moment (milliseconds of any clock). */
  take(loudness: number, at: number): boolean {
    const pace = this.#pace;
    const contradicts = this.#speaks ? loudness < pace.off : loudness > pace.on;
    if (!contradicts) {
      this.#since = null;
      return this.#speaks;
    }
    this.#since ??= at;
    if (at - this.#since >= (this.#speaks ? pace.offAfterMs : pace.onAfterMs)) {
      this.#speaks = !this.#speaks;
      this.#since = null;
    }
    return this.#speaks;
  }

  reset(): void {
    this.#speaks = false;
    this.#since = null;
  }
}
