import { TrackNodes } from './track_nodes';

/** Ten a second: quick enough for a meter, and next to nothing for twenty people. */
const TICK_MS = 100;
/** 43 ms at 48 kHz: a vowel is in it. */
const WINDOW = 2048;
/** A whisper and a shout, in decibels below full scale. */
const QUIET_DB = -55;
const LOUD_DB = -12;

/** How loud samples between -1 and 1 are to an ear: 0 is a quiet room, 1 a shout. */
export function loudnessOf(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const decibels = 10 * Math.log10(sum / Math.max(1, samples.length) + 1e-12);
  return Math.min(1, Math.max(0, (decibels - QUIET_DB) / (LOUD_DB - QUIET_DB)));
}

/** What listening to a track takes; tests bring their own. */
export interface Ears {
  /** Tells how loud the track is, ten times a second, until the answer is called. */
  listen(track: MediaStreamTrack, heard: (loudness: number) => void): () => void;
}

/**
 * Every track's loudness, from one AudioContext: browsers allow a page only a few.
 *
 * A timer asks for it, so that it goes on in a tab that nobody looks at. A remote track is heard in
 * Chromium only while a media element plays it too (crbug.com/933677).
 */
export class Sound implements Ears {
  readonly #window: Window & typeof globalThis;
  readonly #levels = new Set<Level>();
  #context: AudioContext | null = null;
  #nodes: TrackNodes | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(window: Window & typeof globalThis) {
    this.#window = window;
  }

  listen(track: MediaStreamTrack, heard: (loudness: number) => void): () => void {
    const context = this.context();
    if (context === null) return () => undefined;
    this.#nodes ??= new TrackNodes(context);
    const level = new Level(this.#nodes.of(track), heard);
    this.#levels.add(level);
    this.#timer ??= setInterval(() => {
      for (const each of [...this.#levels]) each.look();
    }, TICK_MS);
    return () => {
      if (!this.#levels.delete(level)) return;
      level.close();
      if (this.#levels.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
      void this.#context?.suspend().catch(() => undefined);
    };
  }

  /** The page's one AudioContext, running or about to; `null` where the browser has none. */
  context(): AudioContext | null {
    if (!('AudioContext' in this.#window)) return null;
    this.#context ??= this.#made();
    if (this.#context.state !== 'running') void this.#context.resume().catch(() => undefined);
    return this.#context;
  }

  /** A page may sound from the first gesture on; Safari stops it again for a telephone call. */
  #made(): AudioContext {
    const context = new AudioContext({ latencyHint: 'interactive' });
    const wake = (): void => {
      if (this.#levels.size > 0 && context.state !== 'running') {
        void context.resume().catch(() => undefined);
      }
    };
    for (const gesture of ['pointerdown', 'keydown'] as const) {
      this.#window.document.addEventListener(gesture, wake, { capture: true, passive: true });
    }
    context.addEventListener('statechange', wake);
    return context;
  }
}

/** One track's way into an analyser. It reaches no loudspeaker. */
class Level {
  readonly #source: MediaStreamAudioSourceNode;
  readonly #analyser: AnalyserNode;
  readonly #samples = new Float32Array(WINDOW);
  readonly #heard: (loudness: number) => void;

  constructor(source: MediaStreamAudioSourceNode, heard: (loudness: number) => void) {
    this.#source = source;
    this.#analyser = source.context.createAnalyser();
    this.#analyser.fftSize = WINDOW;
    this.#source.connect(this.#analyser);
    this.#heard = heard;
  }

  look(): void {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    this.#heard(loudnessOf(this.#samples));
  }

  close(): void {
    this.#source.disconnect(this.#analyser);
    this.#analyser.disconnect();
  }
}
