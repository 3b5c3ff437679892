/// <reference types="dom-mediacapture-transform" />
/**
 * Mixes pictures away from the page: a tab that nobody looks at draws no canvas and its timers
 * slow down to one a second, a worker's don't.
 */
import type { Answered, Told } from './mixing';
import { paint, type Frame } from './painter';
import type { Scene } from './scene';

/**
 * How long a feed that is to be no more is waited for, if it gives no frame; a muted one gives none.
 *
 * A frame that is on its way over to the worker when its stream is cancelled is lost, and stays for
 * ever; so is the processor of a track, where it was the first one. So nothing is cancelled while
 * it is read.
 */
const LAST_FRAME_MS = 1_000;

/** The newest frame of a feed. The one before is closed at once: a camera has few to give. */
class Feed {
  readonly #reader: ReadableStreamDefaultReader<VideoFrame>;
  readonly #over: Promise<void>;
  #frame: VideoFrame | null = null;
  #closed = false;

  constructor(frames: ReadableStream<VideoFrame>) {
    this.#reader = frames.getReader();
    this.#over = this.#read();
  }

  get newest(): Frame | null {
    const image = this.#frame;
    return image === null
      ? null
      : { image, width: image.displayWidth, height: image.displayHeight };
  }

  /** Resolves when the last frame is given back. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#take(null);
    await Promise.race([this.#over, new Promise((late) => setTimeout(late, LAST_FRAME_MS))]);
    await this.#reader.cancel().catch(() => undefined);
    await this.#over;
  }

  async #read(): Promise<void> {
    try {
      while (!this.#closed) {
        const { value } = await this.#reader.read();
        if (value === undefined) break;
        this.#take(value);
      }
    } catch {
      // The track ended in the middle of a frame.
    }
    this.#take(null);
  }

  #take(frame: VideoFrame | null): void {
    this.#frame?.close();
    this.#frame = frame;
  }
}

const feeds = new Map<string, Feed>();
/** Feeds that are to be no more, and have a frame under way perhaps. */
const closing = new Set<Promise<void>>();
let scene: Scene | null = null;
let timer: ReturnType<typeof setInterval> | null = null;
let writer: WritableStreamDefaultWriter<VideoFrame> | null = null;

function draw(into: WritableStream<VideoFrame>, width: number, height: number): () => void {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { alpha: false, desynchronized: true });
  const track = into.getWriter();
  writer = track;
  return () => {
    if (context === null || scene === null) return;
    paint(context, scene, (feed) => feeds.get(feed)?.newest ?? null);
    const frame = new VideoFrame(canvas, {
      timestamp: Math.round(performance.now() * 1000),
      // Otherwise the recorder encodes every picture twice: once for its colours, once for alpha.
      alpha: 'discard',
    });
    // The track keeps its own copy: this one would keep four megabytes until it is collected.
    const done = (): void => {
      frame.close();
    };
    track.write(frame).then(done, done);
  };
}

function every(perSecond: number, act: () => void): void {
  timer = setInterval(act, 1000 / perSecond);
}

function drop(name: string): void {
  const feed = feeds.get(name);
  if (feed === undefined) return;
  feeds.delete(name);
  const closed = feed.close().finally(() => closing.delete(closed));
  closing.add(closed);
}

function answer(answered: Answered): void {
  self.postMessage(answered);
}

/** A worker that ended sooner would leave frames behind that nobody has closed. */
async function close(): Promise<void> {
  if (timer !== null) clearInterval(timer);
  for (const feed of feeds.keys()) drop(feed);
  await Promise.allSettled([...closing, writer?.close()]);
  answer({ t: 'closed' });
}

function hear(told: Told): void {
  switch (told.t) {
    case 'draw':
      every(told.perSecond, draw(told.into, told.width, told.height));
      return;
    case 'tick':
      every(told.perSecond, () => {
        answer({ t: 'ticked' });
      });
      return;
    case 'feed':
      drop(told.feed);
      feeds.set(told.feed, new Feed(told.frames));
      return;
    case 'unfeed':
      drop(told.feed);
      return;
    case 'scene':
      scene = told.scene;
      return;
    case 'close':
      void close();
      return;
    default:
      told satisfies never;
  }
}

self.addEventListener('message', ({ data }: MessageEvent<Told>) => {
  hear(data);
});
