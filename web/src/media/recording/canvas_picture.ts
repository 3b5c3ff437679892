import { streamOf } from '../stream_of';
import type { Answered, Told } from './mixing';
import { paint, type Frame } from './painter';
import type { Feeds, Picture } from './picture';
import type { Scene, Shape } from './scene';
import { startMixing } from './worker_picture';

/** Drawn in the page, to the beat of a worker, where frames can't leave the page. */
export class CanvasPicture implements Picture {
  readonly track: MediaStreamTrack;
  readonly #context: CanvasRenderingContext2D | null;
  readonly #ticker: Worker;
  readonly #players = new Map<string, HTMLVideoElement>();
  #feeds: Feeds = new Map();
  #scene: Scene | null = null;

  constructor({ width, height, perSecond }: Shape) {
    const canvas = document.createElement('canvas');
    canvas.width = width;
    canvas.height = height;
    this.#context = canvas.getContext('2d', { alpha: false });
    const [track] = canvas.captureStream(perSecond).getVideoTracks();
    if (track === undefined) throw new Error('a canvas gave no track');
    this.track = track;
    this.#ticker = startMixing();
    this.#ticker.addEventListener('message', ({ data }: MessageEvent<Answered>) => {
      if (data.t === 'ticked') this.#draw();
      else if (data.t === 'closed') this.#ticker.terminate();
    });
    this.#tell({ t: 'tick', perSecond });
  }

  show(scene: Scene, feeds: Feeds): void {
    for (const feed of this.#feeds.keys()) {
      if (feeds.get(feed) !== this.#feeds.get(feed)) this.#unplug(feed);
    }
    for (const [feed, track] of feeds) {
      if (this.#feeds.get(feed) !== track) this.#plug(feed, track);
    }
    this.#feeds = new Map(feeds);
    this.#scene = scene;
  }

  close(): void {
    for (const feed of this.#feeds.keys()) this.#unplug(feed);
    this.#feeds = new Map();
    this.#tell({ t: 'close' });
    this.track.stop();
  }

  #plug(feed: string, track: MediaStreamTrack): void {
    const player = document.createElement('video');
    player.muted = true;
    player.playsInline = true;
    player.srcObject = streamOf(track);
    player.play().catch(() => undefined);
    this.#players.set(feed, player);
  }

  #unplug(feed: string): void {
    const player = this.#players.get(feed);
    if (player === undefined) return;
    player.pause();
    player.srcObject = null;
    this.#players.delete(feed);
  }

  #draw(): void {
    if (this.#context === null || this.#scene === null) return;
    paint(this.#context, this.#scene, (feed) => this.#frameOf(feed));
  }

  #frameOf(feed: string): Frame | null {
    const image = this.#players.get(feed);
    if (image === undefined || image.videoWidth === 0) return null;
    return { image, width: image.videoWidth, height: image.videoHeight };
  }

  #tell(told: Told): void {
    this.#ticker.postMessage(told);
  }
}
