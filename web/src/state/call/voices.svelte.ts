import { SvelteSet } from 'svelte/reactivity';
import type { Ears } from '../../media/sound';
import { ringPace, Speaking } from '../../media/speaking';

interface Voice {
  readonly track: MediaStreamTrack;
  readonly deafen: () => void;
}

/** Who of the others speaks, and who spoke last: the stage follows them. */
export class Voices {
  #latest = $state<string | null>(null);
  readonly #speaking = new SvelteSet<string>();
  readonly #voices = new Map<string, Voice>();
  readonly #ears: Ears;
  readonly #now: () => number;

  constructor(ears: Ears, now: () => number) {
    this.#ears = ears;
    this.#now = now;
  }

  speaks(session: string): boolean {
    return this.#speaking.has(session);
  }

  /** Who began to speak last and is still there. */
  get latest(): string | null {
    return this.#latest;
  }

  /** Listens to exactly these. */
  hear(tracks: ReadonlyMap<string, MediaStreamTrack>): void {
    for (const [session, voice] of this.#voices) {
      if (tracks.get(session) === voice.track) continue;
      voice.deafen();
      this.#voices.delete(session);
      this.#speaking.delete(session);
      if (this.#latest === session && !tracks.has(session)) this.#latest = null;
    }
    for (const [session, track] of tracks) {
      if (!this.#voices.has(session)) this.#listen(session, track);
    }
  }

  #listen(session: string, track: MediaStreamTrack): void {
    const pace = new Speaking(ringPace);
    const deafen = this.#ears.listen(track, (loudness) => {
      const before = pace.speaks;
      const speaks = pace.take(loudness, this.#now());
      if (speaks === before) return;
      if (speaks) {
        this.#speaking.add(session);
        this.#latest = session;
      } else {
        this.#speaking.delete(session);
      }
    });
    this.#voices.set(session, { track, deafen });
  }
}
