import type { Connection, TrackArrival } from './connection';
import { NO_TRACKS, type RemoteTracks } from './view';

interface Arrived {
  readonly track: MediaStreamTrack;
  streams: readonly string[];
}

/**
 * What comes from the other side, and as what: tracks of the stream that the roster names are the
 * screen, the others are the person. A track that brings nothing is none.
 */
export class Receiving {
  readonly #connection: Connection;
  readonly #arrived = new Map<MediaStreamTrack, Arrived>();
  readonly #listening = new AbortController();
  readonly #changed: () => void;

  constructor(connection: Connection, changed: () => void) {
    this.#connection = connection;
    this.#changed = changed;
    connection.ontrack = (arrival) => {
      this.#arrive(arrival);
    };
  }

  /** `screenStream` is empty where the other side shares none. */
  tracks(screenStream: string): RemoteTracks {
    const tracks: { -readonly [Slot in keyof RemoteTracks]: RemoteTracks[Slot] } = { ...NO_TRACKS };
    for (const { track, streams } of this.#arrived.values()) {
      // Muted: the other side took it out, or no packet of it has come yet.
      if (track.readyState !== 'live' || track.muted) continue;
      const isScreen = screenStream !== '' && streams.includes(screenStream);
      if (track.kind === 'video') tracks[isScreen ? 'screen' : 'camera'] ??= track;
      else tracks[isScreen ? 'screenAudio' : 'microphone'] ??= track;
    }
    return tracks;
  }

  close(): void {
    this.#listening.abort();
    this.#connection.ontrack = null;
    this.#arrived.clear();
  }

  #arrive({ track, streams }: TrackArrival): void {
    const ids = streams.map(({ id }) => id);
    const known = this.#arrived.get(track);
    if (known !== undefined) {
      // The same m-line, turned on again.
      known.streams = ids;
    } else {
      this.#arrived.set(track, { track, streams: ids });
      const { signal } = this.#listening;
      for (const news of ['mute', 'unmute', 'ended']) {
        track.addEventListener(news, this.#changed, { signal });
      }
    }
    this.#changed();
  }
}
