/// <reference types="dom-mediacapture-transform" />
import type { Told } from './mixing';
import type { Feeds, Picture } from './picture';
import type { Scene, Shape } from './scene';

/** Whether frames can leave the page and come back as a track. */
export function canMixInWorker(): boolean {
  return 'MediaStreamTrackProcessor' in globalThis && 'MediaStreamTrackGenerator' in globalThis;
}

export function startMixing(): Worker {
  return new Worker(new URL('./mixer.worker.ts', import.meta.url), { type: 'module' });
}

/** Drawn in a worker, frame by frame: goes on in a tab that nobody looks at. */
export class WorkerPicture implements Picture {
  readonly track: MediaStreamTrack;
  readonly #worker: Worker;
  #feeds: Feeds = new Map();

  constructor({ width, height, perSecond }: Shape) {
    const generator = new MediaStreamTrackGenerator({ kind: 'video' });
    this.track = generator;
    this.#worker = startMixing();
    this.#worker.addEventListener('message', () => {
      this.#worker.terminate();
    });
    const into = generator.writable;
    this.#tell({ t: 'draw', width, height, perSecond, into }, into);
  }

  show(scene: Scene, feeds: Feeds): void {
    for (const feed of this.#feeds.keys()) {
      if (feeds.get(feed) !== this.#feeds.get(feed)) this.#tell({ t: 'unfeed', feed });
    }
    for (const [feed, track] of feeds) {
      if (this.#feeds.get(feed) === track || track.readyState === 'ended') continue;
      const frames = new MediaStreamTrackProcessor({
        track: track as MediaStreamVideoTrack,
      }).readable;
      this.#tell({ t: 'feed', feed, frames }, frames);
    }
    this.#feeds = new Map(feeds);
    this.#tell({ t: 'scene', scene });
  }

  close(): void {
    this.#feeds = new Map();
    this.#tell({ t: 'close' });
    this.track.stop();
  }

  #tell(told: Told, ...moved: Transferable[]): void {
    this.#worker.postMessage(told, moved);
  }
}
