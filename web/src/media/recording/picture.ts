import type { Scene } from './scene';

/** Tracks by the name that a scene's tiles call them. */
export type Feeds = ReadonlyMap<string, MediaStreamTrack>;

/**
 * The one video track of a recording. Scenes and feeds change under it; the track and its size
 * never do, so that what records it never notices. Feeds stay their owner's: none is ever stopped.
 */
export interface Picture {
  readonly track: MediaStreamTrack;
  show(scene: Scene, feeds: Feeds): void;
  close(): void;
}
