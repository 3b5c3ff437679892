/** Time as a peer knows it; tests hold it still. */
export interface Timer {
  /** Milliseconds that only ever grow. */
  now(): number;
  /** Runs `deed` once after `ms`; the answer calls it off. */
  after(ms: number, deed: () => void): () => void;
}

/** One deed that waits; setting another one calls the former off. */
export class Alarm {
  readonly #timer: Timer;
  #callOff: (() => void) | null = null;

  constructor(timer: Timer) {
    this.#timer = timer;
  }

  set(ms: number, deed: () => void): void {
    this.clear();
    this.#callOff = this.#timer.after(ms, () => {
      this.#callOff = null;
      deed();
    });
  }

  clear(): void {
    this.#callOff?.();
    this.#callOff = null;
  }
}
