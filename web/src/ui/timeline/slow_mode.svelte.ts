import type { Error as Refusal } from '../../protocol/generated';
import type { Outgoing } from '../../state/ports';
import { Countdown } from '../countdown.svelte';

/** How long a room's slow mode makes one wait with the next message. */
export class SlowMode {
  readonly #countdown = new Countdown();
  readonly #heard = new WeakSet<Refusal>();

  get seconds(): number {
    return this.#countdown.seconds;
  }

  /** One's own message went out, in a room that takes one every so many seconds. */
  sent(seconds: number): void {
    if (seconds > 0) this.#countdown.start(seconds);
  }

  /**
   * The server's own word, where ours was not enough (another tab, say). It counts once, however
   * long the refused message stands.
   */
  refused({ refusal }: Pick<Outgoing, 'refusal'>): void {
    if (refusal === null || this.#heard.has(refusal)) return;
    this.#heard.add(refusal);
    if (refusal.code === 'chat.slow_mode' && refusal.retry_after != null) {
      this.#countdown.start(refusal.retry_after);
    }
  }

  stop(): void {
    this.#countdown.stop();
  }
}
