let made = 0;

/** A track that says of itself what a browser's would; nothing flows. */
export class ScriptedTrack extends EventTarget {
  readonly id: string;
  readonly kind: 'audio' | 'video';
  readyState: MediaStreamTrackState = 'live';
  enabled = true;
  contentHint = '';
  muted: boolean;
  /** Which track of the other side arrives in this one now. */
  source: ScriptedTrack | null = null;

  constructor(kind: 'audio' | 'video', muted = false) {
    super();
    made += 1;
    this.id = `track-${String(made)}`;
    this.kind = kind;
    this.muted = muted;
  }

  mute(muted: boolean): void {
    if (this.muted === muted || this.readyState === 'ended') return;
    this.muted = muted;
    this.dispatchEvent(new Event(muted ? 'mute' : 'unmute'));
  }

  /** The other side is gone for good: only a remote track ends by itself. */
  end(): void {
    if (this.readyState === 'ended') return;
    this.readyState = 'ended';
    this.dispatchEvent(new Event('ended'));
  }

  get asTrack(): MediaStreamTrack {
    return this as unknown as MediaStreamTrack;
  }

  static of(track: MediaStreamTrack | null): ScriptedTrack | null {
    return track as unknown as ScriptedTrack | null;
  }
}

/** A stream is its id; what is in it is told by the descriptions. */
export function scriptedStream(id: string): MediaStream {
  return { id } as unknown as MediaStream;
}
