/// <reference types="dom-mediacapture-transform" />
/**
 * Mixes pictures away from the page: a tab that nobody looks at draws no canvas and its timers
 * slow down to one a second, a worker's don't.
 */
import type { Answered, Told } from './mixing';
import { paint, type Frame } from './painter';
import type { Scene } from './scene';

/** The newest frame of each feed. The one before is closed at once: a camera has few to give. */
const feeds = new Map<string, VideoFrame | null>();
let scene: Scene | null = null;
let timer: ReturnType<typeof setInterval> | null = null;
let writer: WritableStreamDefaultWriter<VideoFrame> | null = null;
/** Settled once every frame is written, and closed. */
let written: Promise<void> = Promise.resolve();

function draw(into: WritableStream<VideoFrame>, width: number, height: number): () => void {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { alpha: false, desynchronized: true });
  const track = into.getWriter();
  writer = track;
  return () => {
    if (context === null || scene === null) return;
    paint(context, scene, newest);
    const frame = new VideoFrame(canvas, {
      timestamp: Math.round(performance.now() * 1000),
      // Otherwise the recorder encodes every picture twice: once for its colours, once for alpha.
      alpha: 'discard',
    });
    // The track keeps its own copy: this one would keep four megabytes until it is collected.
    const done = (): void => {
      frame.close();
    };
    written = track.write(frame).then(done, done);
  };
}

function every(perSecond: number, act: () => void): void {
  timer = setInterval(act, 1000 / perSecond);
}

function newest(feed: string): Frame | null {
  const image = feeds.get(feed) ?? null;
  return image && { image, width: image.displayWidth, height: image.displayHeight };
}

function take(feed: string, frame: VideoFrame): void {
  if (feeds.has(feed)) {
    feeds.get(feed)?.close();
    feeds.set(feed, frame);
  } else {
    frame.close();
  }
  answer({ t: 'taken', feed });
}

function drop(feed: string): void {
  feeds.get(feed)?.close();
  feeds.delete(feed);
}

function answer(answered: Answered): void {
  self.postMessage(answered);
}

/** A worker that ended sooner would leave frames behind that nobody has closed. */
async function close(): Promise<void> {
  if (timer !== null) clearInterval(timer);
  for (const feed of feeds.keys()) drop(feed);
  await written;
  await writer?.close().catch(() => undefined);
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
      feeds.set(told.feed, null);
      return;
    case 'frame':
      take(told.feed, told.frame);
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
