/** How a wish ended. `superseded`: a later wish came first. */
export type Outcome<E> =
  | { readonly is: 'held' }
  | { readonly is: 'superseded' }
  | { readonly is: 'failed'; readonly error: E };

interface Wish<T, E> {
  readonly open: () => Promise<T>;
  readonly done: (outcome: Outcome<E>) => void;
}

/**
 * Holds at most one thing that has to be closed: a device, a screen.
 *
 * Wishes are served one after another, and of those that wait only the latest is. What opened for a
 * wish that is not the latest any more is closed at once; nothing that opened is ever left open.
 * While another opens the former one stays, so that a switch has no gap, and a switch that fails
 * changes nothing.
 */
export class Holding<T, E> {
  readonly #close: (held: T) => void;
  readonly #changed: (held: T | null) => void;
  readonly #worded: (error: unknown) => E;
  #held: T | null = null;
  #waiting: Wish<T, E> | null = null;
  #opening: Wish<T, E> | null = null;
  #running: Promise<void> | null = null;

  constructor(parts: {
    close: (held: T) => void;
    changed: (held: T | null) => void;
    worded: (error: unknown) => E;
  }) {
    this.#close = parts.close;
    this.#changed = parts.changed;
    this.#worded = parts.worded;
  }

  get held(): T | null {
    return this.#held;
  }

  /** Something opens, or is about to, and is still wanted. */
  get isOpening(): boolean {
    return this.#waiting !== null || this.#opening !== null;
  }

  /** Nothing is held, wanted or still on its way from a wish that was given up. */
  get isIdle(): boolean {
    return this.#held === null && this.#running === null;
  }

  /** `open` is called at once when nothing else opens. */
  want(open: () => Promise<T>): Promise<Outcome<E>> {
    return new Promise((done) => {
      this.#waiting?.done({ is: 'superseded' });
      this.#opening?.done({ is: 'superseded' });
      this.#opening = null;
      this.#waiting = { open, done };
      this.#running ??= this.#serve();
    });
  }

  /** Closes at once, and gives up what is opening. */
  drop(): void {
    this.#waiting?.done({ is: 'superseded' });
    this.#opening?.done({ is: 'superseded' });
    this.#waiting = this.#opening = null;
    this.#put(null);
  }

  async #serve(): Promise<void> {
    for (let wish = this.#waiting; wish !== null; wish = this.#waiting) {
      this.#waiting = null;
      this.#opening = wish;
      let outcome: Outcome<E> = { is: 'held' };
      try {
        // In a function of its own: what throws at once must not end this one before its promise is.
        const opened = await (async () => wish.open())();
        if (this.#opening === wish) this.#put(opened);
        else this.#close(opened);
      } catch (error) {
        outcome = { is: 'failed', error: this.#worded(error) };
      }
      if (this.#opening === wish) {
        this.#opening = null;
        wish.done(outcome);
      }
    }
    this.#running = null;
  }

  #put(next: T | null): void {
    const former = this.#held;
    if (former === next) return;
    this.#held = next;
    this.#changed(next);
    if (former !== null) this.#close(former);
  }
}
