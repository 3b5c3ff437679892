import type { Connection, TrackArrival, Transceiver } from './connection';
import { NO_TRACKS, type RemoteTracks } from './view';

interface Arrived {
  readonly track: MediaStreamTrack;
  readonly line: Transceiver;
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
    for (const { track, line, streams } of this.#arrived.values()) {
      // What both sides agreed on, and not `muted`: after a rollback Chromium leaves a track muted
      // though its pictures come.
      if (track.readyState !== 'live' || !receives(line)) continue;
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

  #arrive({ track, streams, transceiver: line }: TrackArrival): void {
    const ids = streams.map(({ id }) => id);
    const known = this.#arrived.get(track);
    if (known !== undefined) {
      // The same m-line, turned on again.
      known.streams = ids;
    } else {
      this.#arrived.set(track, { track, line, streams: ids });
      track.addEventListener('ended', this.#changed, { signal: this.#listening.signal });
    }
    this.#changed();
  }
}

function receives({ currentDirection }: Transceiver): boolean {
  return currentDirection === 'sendrecv' || currentDirection === 'recvonly';
}
