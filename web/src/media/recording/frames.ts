/// <reference types="dom-mediacapture-transform" />

/** How long the last frame of a track is waited for; a muted one gives none. */
const LAST_FRAME_MS = 1_000;

/**
 * The frames of a track, one at a time, so that whoever is slow keeps one and not all that a camera
 * has to give.
 *
 * They are read where the track is, and then given away: of a stream that is transferred to a worker
 * Chromium loses the frames that are under way at its beginning and its end, with the processor of
 * a track that ends meanwhile.
 */
export class Frames {
  readonly #reader: ReadableStreamDefaultReader<VideoFrame>;
  readonly #give: (frame: VideoFrame) => void;
  readonly #ended: () => void;
  #reading: Promise<void> = Promise.resolve();
  #closed = false;

  /** `give` gets frames to close; `ended` is told once when the track gives no more of them. */
  constructor(track: MediaStreamTrack, give: (frame: VideoFrame) => void, ended: () => void) {
    const processor = new MediaStreamTrackProcessor({ track: track as MediaStreamVideoTrack });
    this.#reader = processor.readable.getReader();
    this.#give = give;
    this.#ended = ended;
    this.next();
  }

  /** Gives the next frame, as soon as there is one newer than the last. */
  next(): void {
    this.#reading = this.#reader.read().then(
      ({ value }) => {
        this.#take(value);
      },
      () => {
        this.#take(undefined);
      },
    );
  }

  /** Gives no more frames. One that comes in while its stream is cancelled would be lost. */
  close(): void {
    this.#closed = true;
    const late = new Promise((over) => setTimeout(over, LAST_FRAME_MS));
    void Promise.race([this.#reading, late]).then(() =>
      this.#reader.cancel().catch(() => undefined),
    );
  }

  #take(frame: VideoFrame | undefined): void {
    if (this.#closed) frame?.close();
    else if (frame === undefined) this.#ended();
    else this.#give(frame);
  }
}
