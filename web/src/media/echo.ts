import type { Sound } from './sound';

/** Long enough for a sentence. */
export const ECHO_MS = 3500;

/** Below this nobody has spoken. */
const SILENCE = 0.2;

export interface EchoParts {
  readonly sound: Sound;
  /** A device id, or '' for the system's choice. */
  readonly speaker: string;
}

export type Echo = 'heard' | 'silent' | 'stopped';

/**
 * Records a few seconds of a microphone and plays them through a speaker.
 *
 * It has a copy of the track of its own, so that it hears a muted microphone as well, and stops it.
 */
export class EchoTest {
  readonly #parts: EchoParts;
  readonly #track: MediaStreamTrack;
  readonly #ending = new AbortController();

  constructor(parts: EchoParts, microphone: MediaStreamTrack) {
    this.#parts = parts;
    this.#track = microphone.clone();
    this.#track.enabled = true;
  }

  /** Resolves when it has been played, or was stopped. Throws where this browser can't record. */
  async run(onPlaying: () => void): Promise<Echo> {
    try {
      const [recorded, loudest] = await this.#record();
      if (this.#ending.signal.aborted) return 'stopped';
      if (loudest < SILENCE) return 'silent';
      onPlaying();
      await this.#play(recorded);
      return this.#ending.signal.aborted ? 'stopped' : 'heard';
    } finally {
      this.stop();
    }
  }

  stop(): void {
    this.#ending.abort();
    this.#track.stop();
  }

  async #record(): Promise<[Blob, number]> {
    let loudest = 0;
    const deafen = this.#parts.sound.listen(this.#track, (loudness) => {
      loudest = Math.max(loudest, loudness);
    });
    try {
      const recorder = new MediaRecorder(new MediaStream([this.#track]));
      const chunks: Blob[] = [];
      const ended = new Promise<void>((done, fail) => {
        recorder.addEventListener('dataavailable', ({ data }) => chunks.push(data));
        recorder.addEventListener('stop', () => {
          done();
        });
        recorder.addEventListener('error', () => {
          fail(new Error('the microphone could not be recorded'));
        });
      });
      recorder.start();
      await this.#pass(ECHO_MS);
      if (recorder.state !== 'inactive') recorder.stop();
      await ended;
      return [new Blob(chunks, { type: recorder.mimeType }), loudest];
    } finally {
      deafen();
    }
  }

  async #play(recorded: Blob): Promise<void> {
    const url = URL.createObjectURL(recorded);
    const element = new Audio(url);
    try {
      if (this.#parts.speaker !== '' && 'setSinkId' in element) {
        // A speaker that has just gone: the system's choice plays it.
        await element.setSinkId(this.#parts.speaker).catch(() => undefined);
      }
      const ended = new Promise<void>((done, fail) => {
        element.addEventListener('ended', () => {
          done();
        });
        element.addEventListener('error', () => {
          fail(new Error('the recording could not be played'));
        });
        this.#ending.signal.addEventListener('abort', () => {
          done();
        });
      });
      await element.play();
      await ended;
    } finally {
      element.pause();
      URL.revokeObjectURL(url);
    }
  }

  #pass(milliseconds: number): Promise<void> {
    return new Promise((done) => {
      const timer = setTimeout(done, milliseconds);
      this.#ending.signal.addEventListener('abort', () => {
        clearTimeout(timer);
        done();
      });
    });
  }
}
