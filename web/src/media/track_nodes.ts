import { streamOf } from './stream_of';

/**
 * Tracks' ways into an AudioContext, each made once.
 *
 * Chromium keeps every source that was ever made until its context stops, connected or not: whoever
 * is muted and unmuted all day, or leaves somebody's list and comes back, keeps their one.
 */
export class TrackNodes {
  readonly #context: AudioContext;
  readonly #made = new WeakMap<MediaStreamTrack, MediaStreamAudioSourceNode>();

  constructor(context: AudioContext) {
    this.#context = context;
  }

  of(track: MediaStreamTrack): MediaStreamAudioSourceNode {
    const known = this.#made.get(track);
    if (known !== undefined) return known;
    const node = this.#context.createMediaStreamSource(streamOf(track));
    this.#made.set(track, node);
    return node;
  }
}
