import type { Ears } from '../../media/sound';
import { mutedPace, ringPace, Speaking } from '../../media/speaking';

/**
 * How loud one's own microphone is, and whether one speaks.
 *
 * It listens to a copy of the track, which hears also while the track itself is muted; the copy
 * goes to nobody and is stopped with the track.
 */
export class OwnVoice {
  #level = $state(0);
  #speaks = $state(false);
  #speaksMuted = $state(false);
  readonly #ears: Ears;
  readonly #now: () => number;
  readonly #isMuted: () => boolean;
  #end: (() => void) | null = null;

  constructor(ears: Ears, now: () => number, isMuted: () => boolean) {
    this.#ears = ears;
    this.#now = now;
    this.#isMuted = isMuted;
  }

  /** 0 to 1, ten times a second, muted or not. */
  get level(): number {
    return this.#level;
  }

  get speaks(): boolean {
    return this.#speaks;
  }

  get speaksMuted(): boolean {
    return this.#speaksMuted;
  }

  /** Listens to another track, or to none. */
  hear(track: MediaStreamTrack | null): void {
    this.#end?.();
    this.#end = null;
    this.#level = 0;
    this.#speaks = this.#speaksMuted = false;
    if (track === null) return;
    const copy = track.clone();
    copy.enabled = true;
    const open = new Speaking(ringPace);
    const muted = new Speaking(mutedPace);
    const deafen = this.#ears.listen(copy, (loudness) => {
      const at = this.#now();
      const isMuted = this.#isMuted();
      // A tenth is less than a pixel of any meter.
      this.#level = Math.round(loudness * 50) / 50;
      if (isMuted) open.reset();
      else muted.reset();
      this.#speaks = !isMuted && open.take(loudness, at);
      this.#speaksMuted = isMuted && muted.take(loudness, at);
    });
    this.#end = () => {
      deafen();
      copy.stop();
    };
  }
}
