import type { Entry } from './entry';
import type { Answered, Asked, DiskTrouble } from './writing';

/** The disk did not take something. */
export class DiskRefused extends Error {
  constructor(
    readonly trouble: DiskTrouble,
    message: string,
  ) {
    super(message);
    this.name = 'DiskRefused';
  }
}

interface Waiting {
  readonly done: (entry: Entry | null) => void;
  readonly failed: (error: DiskRefused) => void;
}

/** A worker at the disk. It answers in the order it was asked; what it held goes with `close`. */
export class Disk {
  readonly #worker = new Worker(new URL('./disk.worker.ts', import.meta.url), { type: 'module' });
  readonly #waiting: Waiting[] = [];
  #gone: string | null = null;

  constructor() {
    this.#worker.addEventListener('message', ({ data }: MessageEvent<Answered>) => {
      const next = this.#waiting.shift();
      if (data.t === 'done') next?.done(data.entry);
      else next?.failed(new DiskRefused(data.trouble, data.message));
    });
    this.#worker.addEventListener('error', ({ message }) => {
      this.#go(message);
    });
  }

  ask(asked: Asked): Promise<Entry | null> {
    if (this.#gone !== null) return Promise.reject(new DiskRefused('failed', this.#gone));
    return new Promise((done, failed) => {
      this.#waiting.push({ done, failed });
      this.#worker.postMessage(asked);
    });
  }

  close(): void {
    this.#go('the disk was let go');
  }

  #go(message: string): void {
    this.#gone ??= message;
    this.#worker.terminate();
    for (const { failed } of this.#waiting.splice(0)) failed(new DiskRefused('failed', message));
  }
}
