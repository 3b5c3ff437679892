import type { EchoTest } from '../../media/echo';

export type EchoPhase = 'idle' | 'recording' | 'playing' | 'heard' | 'silent' | 'failed';

/** Hears oneself as the others will: a few seconds recorded, then played. */
export class EchoTestModel {
  #phase = $state<EchoPhase>('idle');
  readonly #make: () => EchoTest | null;
  #running: EchoTest | null = null;

  constructor(make: () => EchoTest | null) {
    this.#make = make;
  }

  get phase(): EchoPhase {
    return this.#phase;
  }

  get isRunning(): boolean {
    return this.#phase === 'recording' || this.#phase === 'playing';
  }

  async start(): Promise<void> {
    this.stop();
    const test = this.#make();
    if (test === null) {
      this.#phase = 'failed';
      return;
    }
    this.#running = test;
    this.#phase = 'recording';
    let ended: EchoPhase;
    try {
      const echo = await test.run(() => {
        if (this.#running === test) this.#phase = 'playing';
      });
      ended = echo === 'stopped' ? 'idle' : echo;
    } catch {
      ended = 'failed';
    }
    if (this.#running !== test) return;
    this.#running = null;
    this.#phase = ended;
  }

  stop(): void {
    this.#running?.stop();
    this.#running = null;
    this.#phase = 'idle';
  }
}
