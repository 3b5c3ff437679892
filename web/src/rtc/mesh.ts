import type { SendingStep } from './adapt';
import type { Connection } from './connection';
import type { Told } from './line';
import { Peer, type Timer } from './peer';
import type { Sending } from './sending';
import { NO_TRACKS, type PeerView } from './view';

export type { PeerState, PeerTrouble, PeerView, RemoteTracks, Route, Verified } from './view';

/** What a mesh stands on. */
export interface MeshParts {
  connect(configuration: RTCConfiguration): Connection;
  stream(): MediaStream;
  /** By way of the server; resolves once it has handed the message on. */
  tell(to: string, told: Told): Promise<void>;
  readonly timer: Timer;
}

/** A participant as the mesh needs to know it, in the order of the roster. */
export interface Present {
  readonly session: string;
  /** `Media.screen_stream` of the participant. */
  readonly screenStream: string;
  /** `Participant.device`: whose key a proof is held against. */
  readonly device?: string;
  /** `Media.camera`: a camera that is off is no tile, before the connection knows it. */
  readonly camera?: boolean;
}

type Listener = (peers: ReadonlyMap<string, PeerView>) => void;

/** All peers of one call. */
export class Mesh {
  readonly screenStream: string;
  readonly #parts: MeshParts;
  readonly #me: string;
  readonly #peers = new Map<string, Peer>();
  readonly #listeners = new Set<Listener>();
  #configuration: RTCConfiguration = {};

  constructor(parts: MeshParts, me: string) {
    this.#parts = parts;
    this.#me = me;
    this.screenStream = parts.stream().id;
  }

  configure(configuration: RTCConfiguration): void {
    this.#configuration = configuration;
  }

  setRoster(participants: readonly Present[]): void {
    const present = new Set(participants.map(({ session }) => session));
    for (const [session, peer] of this.#peers) {
      if (present.has(session)) continue;
      this.#peers.delete(session);
      peer.close();
    }
    for (const session of present) {
      if (session === this.#me || this.#peers.has(session)) continue;
      this.#peers.set(session, this.#meet(session));
    }
    this.#changed();
  }

  send(_sending: Sending): void {}

  take(from: string, told: Told): void {
    void this.#peers.get(from)?.take(told);
  }

  networkChanged(): void {
    for (const peer of this.#peers.values()) peer.restart();
  }

  retry(session: string): void {
    this.#peers.get(session)?.restart();
  }

  adapt(_session: string, _slot: 'camera' | 'screen', _step: SendingStep): void {}

  stats(_session: string): Promise<RTCStatsReport | null> {
    return Promise.resolve(null);
  }

  onChange(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  close(): void {
    for (const peer of this.#peers.values()) peer.close();
    this.#peers.clear();
    this.#listeners.clear();
  }

  #meet(session: string): Peer {
    const connection = this.#parts.connect(this.#configuration);
    const line = { tell: (told: Told) => this.#parts.tell(session, told) };
    return new Peer(connection, line, this.#me < session, this.#parts.timer, {
      changed: () => {
        this.#changed();
      },
      complained: (error) => {
        console.warn('rtc', session, error);
      },
    });
  }

  #changed(): void {
    const views = new Map<string, PeerView>();
    for (const [session, peer] of this.#peers) {
      views.set(session, {
        session,
        state: peer.state,
        why: null,
        route: null,
        tracks: NO_TRACKS,
        verified: null,
      });
    }
    for (const listener of this.#listeners) listener(views);
  }
}
