import type { Clock } from '../../src/net/clock';

/** A clock that moves only when it is told to; deeds that fall due run in order of time. */
export class StillClock implements Clock {
  #now = 1_700_000_000_000;
  #deeds: { at: number; deed: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(ms: number, deed: () => void): () => void {
    const entry = { at: this.#now + ms, deed };
    this.#deeds.push(entry);
    return () => {
      this.#deeds = this.#deeds.filter((other) => other !== entry);
    };
  }

  get pending(): number {
    return this.#deeds.length;
  }

  /** Time that nobody had: what falls due meanwhile is late. */
  skip(ms: number): void {
    this.#now += ms;
  }

  /** Lets time pass, and everything that is promised meanwhile come true. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settled();
    for (;;) {
      const due = this.#deeds.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#deeds = this.#deeds.filter((other) => other !== due);
      this.#now = Math.max(this.#now, due.at);
      due.deed();
      await settled();
    }
    this.#now = end;
  }
}

/** Lets every promise that can be kept now be kept. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}
