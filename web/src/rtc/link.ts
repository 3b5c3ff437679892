import type { CandidateQueue } from './candidates';
import type { Connection } from './connection';
import { restarts } from './descriptions';
import type { Line, Told } from './line';
import { Negotiation, type Complaint } from './negotiation';
import { Pulse } from './pulse';
import { Receiving } from './receiving';
import { Senders, type Streams } from './senders';
import type { Sending, SendingStep } from './sending';
import type { Timer } from './timer';
import { Way } from './way';

/** What a link stands on. */
export interface LinkParts {
  readonly connection: Connection;
  readonly line: Line;
  readonly polite: boolean;
  readonly streams: Streams;
  readonly timer: Timer;
  readonly early: CandidateQueue;
  readonly complain: Complaint;
  /** Whether sound ought to come in. */
  sounds(): boolean;
  /** Something that a peer shows has changed. */
  changed(): void;
  /** Nothing comes in any more, or something does again, while the browser sees no trouble. */
  beats(lost: boolean): void;
  /** Both sides' descriptions are in step. */
  settled(): void;
  /** They will never be: another connection is to take this one's place. */
  outOfStep(): void;
}

/**
 * One connection of a peer, with what is sent and received by it. Where it can't be repaired,
 * another one takes its place.
 */
export class Link {
  readonly connection: Connection;
  readonly receiving: Receiving;
  readonly way: Way;
  readonly pulse: Pulse;
  readonly #negotiation: Negotiation;
  readonly #senders: Senders;

  constructor(parts: LinkParts) {
    const { connection, streams, timer, complain } = parts;
    this.connection = connection;
    this.#senders = new Senders(connection, streams, timer, complain);
    this.receiving = new Receiving(connection, parts.changed);
    this.way = new Way(connection, timer, parts.changed);
    this.pulse = new Pulse(parts);
    this.#negotiation = new Negotiation({
      ...parts,
      answering: () => {
        this.#senders.open(false);
      },
      settled: () => {
        this.#senders.settled();
        if (connection.connectionState === 'connected') this.way.mayChange();
        parts.settled();
      },
    });
    connection.onconnectionstatechange = parts.changed;
    connection.oniceconnectionstatechange = parts.changed;
  }

  /** Offers, unless descriptions are exchanged already. */
  begin(): void {
    this.#senders.open(true);
  }

  /** Offers first, on a connection that was told nothing: it need not ask for it before. */
  offer(): void {
    this.begin();
    this.#negotiation.begin();
  }

  send(sending: Sending): void {
    this.#senders.set(sending);
  }

  adapt(slot: 'camera' | 'screen', step: SendingStep): void {
    this.#senders.adapt(slot, step);
  }

  /** The other side sees again: it need not wait for a picture that it can begin with. */
  refresh(): void {
    this.#senders.refresh();
  }

  take(told: Told): void {
    void this.#negotiation.take(told);
  }

  /** A description waits to be handed on. */
  get isTelling(): boolean {
    return this.#negotiation.isTelling;
  }

  /** Whether an offer of the other side's tries all ways anew. */
  isRestart(offer: string): boolean {
    const agreed = this.connection.remoteDescription?.sdp;
    return agreed !== undefined && restarts(offer, agreed);
  }

  awaits(answer: string): boolean {
    return this.#negotiation.awaits(answer);
  }

  /** Tries all ways anew; an offer that has no answer yet is told again. */
  restart(): void {
    this.#negotiation.restart();
    this.#negotiation.repeat();
  }

  close(): void {
    this.#negotiation.close();
    this.#senders.close();
    this.receiving.close();
    this.way.close();
    this.pulse.end();
    this.connection.onconnectionstatechange = null;
    this.connection.oniceconnectionstatechange = null;
    this.connection.close();
  }
}
