import type { Connection } from './connection';
import type { Line, Told } from './line';
import { Negotiation, type Complaint } from './negotiation';
import type { PeerState } from './view';

/** Time as a peer knows it; tests hold it still. */
export interface Timer {
  after(ms: number, deed: () => void): () => void;
}

/** What a peer tells its owner. */
export interface PeerEvents {
  changed(state: PeerState): void;
  complained: Complaint;
}

/** A short loss heals by itself: UDP gone for four seconds needs no help. */
export const PATIENCE_MS = 3_000;

/** A restart that has not connected by then is tried again, with twice the patience. */
export const RESTART_MS = 8_000;

/** Three restarts last about a minute; then a person is told, and may try by hand. */
export const RESTARTS = 3;

/**
 * The connection to one other session of a call: negotiated, watched, and repaired.
 *
 * A healthy connection is left alone whatever becomes of the way to the server.
 */
export class Peer {
  readonly #connection: Connection;
  readonly #negotiation: Negotiation;
  readonly #timer: Timer;
  readonly #events: PeerEvents;
  #state: PeerState = 'connecting';
  #restarts = 0;
  #callOff: (() => void) | null = null;

  constructor(
    connection: Connection,
    line: Line,
    polite: boolean,
    timer: Timer,
    events: PeerEvents,
  ) {
    this.#connection = connection;
    this.#timer = timer;
    this.#events = events;
    this.#negotiation = new Negotiation(connection, line, polite, events.complained);
    connection.onconnectionstatechange = () => {
      this.#look();
    };
    connection.oniceconnectionstatechange = () => {
      this.#look();
    };
  }

  get state(): PeerState {
    return this.#state;
  }

  /** Takes what the other side told. */
  take(told: Told): Promise<void> {
    return this.#negotiation.take(told);
  }

  /** The network changed under us, or a person wants another try. */
  restart(): void {
    if (this.#state === 'closed') return;
    this.#restarts = 0;
    this.#repair();
  }

  close(): void {
    this.#wait(null);
    this.#negotiation.close();
    this.#connection.onconnectionstatechange = null;
    this.#connection.oniceconnectionstatechange = null;
    this.#connection.close();
    this.#become('closed');
  }

  #look(): void {
    const { connectionState, iceConnectionState } = this.#connection;
    switch (connectionState) {
      case 'connected':
        this.#restarts = 0;
        this.#wait(null);
        this.#become('connected');
        return;
      case 'disconnected':
        if (this.#state !== 'interrupted') {
          this.#become('interrupted');
          this.#wait(PATIENCE_MS);
        }
        return;
      case 'failed':
        this.#repair();
        return;
      case 'new':
      case 'connecting':
        if (this.#state === 'connecting' && iceConnectionState === 'checking') {
          this.#become('checking');
        }
        return;
      case 'closed':
        return;
      default:
        connectionState satisfies never;
    }
  }

  #repair(): void {
    if (this.#restarts >= RESTARTS) {
      this.#wait(null);
      this.#become('failed');
      return;
    }
    this.#restarts += 1;
    this.#become('interrupted');
    this.#negotiation.restart();
    this.#wait(RESTART_MS * 2 ** (this.#restarts - 1));
  }

  /** Repairs after a while, unless the connection is back by then. */
  #wait(ms: number | null): void {
    this.#callOff?.();
    this.#callOff =
      ms === null
        ? null
        : this.#timer.after(ms, () => {
            this.#repair();
          });
  }

  #become(state: PeerState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#events.changed(state);
  }
}
