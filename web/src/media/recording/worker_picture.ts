/// <reference types="dom-mediacapture-transform" />
import { Frames } from './frames';
import type { Answered, Told } from './mixing';
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
  readonly #frames = new Map<string, Frames>();
  #feeds: Feeds = new Map();

  constructor({ width, height, perSecond }: Shape) {
    const generator = new MediaStreamTrackGenerator({ kind: 'video' });
    this.track = generator;
    this.#worker = startMixing();
    this.#worker.addEventListener('message', ({ data }: MessageEvent<Answered>) => {
      if (data.t === 'taken') this.#frames.get(data.feed)?.next();
      else if (data.t === 'closed') this.#end();
    });
    const into = generator.writable;
    this.#tell({ t: 'draw', width, height, perSecond, into }, into);
  }

  show(scene: Scene, feeds: Feeds): void {
    for (const feed of this.#feeds.keys()) {
      if (feeds.get(feed) !== this.#feeds.get(feed)) this.#unplug(feed);
    }
    for (const [feed, track] of feeds) {
      if (this.#feeds.get(feed) !== track && track.readyState === 'live') this.#plug(feed, track);
    }
    this.#feeds = new Map(feeds);
    this.#tell({ t: 'scene', scene });
  }

  close(): void {
    for (const feed of this.#feeds.keys()) this.#unplug(feed);
    this.#feeds = new Map();
    this.#tell({ t: 'close' });
  }

  /** Not before the worker has written its last frame, which would be lost and never given back. */
  #end(): void {
    this.track.stop();
    this.#worker.terminate();
  }

  #plug(feed: string, track: MediaStreamTrack): void {
    this.#tell({ t: 'feed', feed });
    const give = (frame: VideoFrame): void => {
      this.#tell({ t: 'frame', feed, frame }, frame);
    };
    const ended = (): void => {
      this.#unplug(feed);
    };
    this.#frames.set(feed, new Frames(track, give, ended));
  }

  #unplug(feed: string): void {
    const frames = this.#frames.get(feed);
    if (frames === undefined) return;
    frames.close();
    this.#frames.delete(feed);
    this.#tell({ t: 'unfeed', feed });
  }

  #tell(told: Told, ...moved: Transferable[]): void {
    this.#worker.postMessage(told, moved);
  }
}
