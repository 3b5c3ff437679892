import type { Scene } from './scene';

/** What the page tells the worker that mixes. */
export type Told =
  /** Begin to draw, `into` the track. */
  | {
      readonly t: 'draw';
      readonly width: number;
      readonly height: number;
      readonly perSecond: number;
      readonly into: WritableStream<VideoFrame>;
    }
  /** Only keep the time: the page draws by itself. */
  | { readonly t: 'tick'; readonly perSecond: number }
  /** Frames of it are going to come. */
  | { readonly t: 'feed'; readonly feed: string }
  /** Its newest frame, the worker's to close; answered by `taken`. */
  | { readonly t: 'frame'; readonly feed: string; readonly frame: VideoFrame }
  | { readonly t: 'unfeed'; readonly feed: string }
  | { readonly t: 'scene'; readonly scene: Scene }
  /** Let go of everything; answered by `closed`. */
  | { readonly t: 'close' };

/** What the worker answers. */
export type Answered =
  | { readonly t: 'ticked' }
  | { readonly t: 'taken'; readonly feed: string }
  | { readonly t: 'closed' };
