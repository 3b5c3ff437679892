/** Waits for a moment that the test chooses. */
export type Pause = (label: string) => Promise<void>;

const never = new Promise<never>(() => undefined);

/** What an operations chain serves. */
export interface Chained {
  readonly name: string;
  readonly isClosed: boolean;
  /** An operation is through; others may wait. */
  passed(): void;
}

/** The operations of one connection, one after the other (W3C WebRTC §4.4.1.2). */
export class OperationsChain {
  readonly #connection: Chained;
  readonly #pause: Pause;
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(connection: Chained, pause: Pause) {
    this.#connection = connection;
    this.#pause = pause;
  }

  get isEmpty(): boolean {
    return this.#waiting === 0;
  }

  /** Promises of a closed connection are never kept. */
  add(label: string, deed: () => void): Promise<void> {
    const connection = this.#connection;
    this.#waiting += 1;
    const done = this.#last.then(async () => {
      if (!connection.isClosed) await this.#pause(`${connection.name} ${label}`);
      if (connection.isClosed) await never;
      deed();
    });
    const next = (): void => {
      this.#waiting -= 1;
      connection.passed();
    };
    this.#last = done.then(next, next);
    return done;
  }
}
