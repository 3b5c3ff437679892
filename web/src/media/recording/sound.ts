import { TrackNodes } from '../track_nodes';

/**
 * The one audio track of a recording: voices are plugged in and out of it while it goes on.
 * Without any it is silent, not absent, so that no gap tears sound and picture apart.
 */
export class Sound {
  readonly track: MediaStreamTrack;
  readonly #context: AudioContext;
  readonly #mix: MediaStreamAudioDestinationNode;
  readonly #silence: ConstantSourceNode;
  readonly #nodes: TrackNodes;
  readonly #voices = new Map<MediaStreamTrack, MediaStreamAudioSourceNode>();

  constructor() {
    this.#context = new AudioContext({ latencyHint: 'playback' });
    this.#nodes = new TrackNodes(this.#context);
    this.#mix = this.#context.createMediaStreamDestination();
    this.#silence = new ConstantSourceNode(this.#context, { offset: 0 });
    this.#silence.connect(this.#mix);
    this.#silence.start();
    const [track] = this.#mix.stream.getAudioTracks();
    if (track === undefined) throw new Error('an audio destination gave no track');
    this.track = track;
    this.#context.resume().catch(() => undefined);
  }

  hear(voices: readonly MediaStreamTrack[]): void {
    for (const [track, node] of this.#voices) {
      if (voices.includes(track)) continue;
      node.disconnect();
      this.#voices.delete(track);
    }
    for (const track of voices) {
      if (this.#voices.has(track) || track.readyState === 'ended') continue;
      const node = this.#nodes.of(track);
      node.connect(this.#mix);
      this.#voices.set(track, node);
    }
  }

  close(): void {
    this.hear([]);
    this.#silence.stop();
    this.#silence.disconnect();
    this.track.stop();
    this.#context.close().catch(() => undefined);
  }
}
