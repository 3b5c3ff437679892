import { CandidateQueue } from './candidates';
import { answered, maker, trickles } from './descriptions';
import type { Description, Told } from './line';
import { Link } from './link';
import { Past } from './past';
import type { PeerParts } from './peer_parts';
import { FIRST_MS, LATER_MS, PATIENCE_MS, Repairs } from './repairs';
import { NOTHING, type Sending, type SendingStep } from './sending';
import { Alarm } from './timer';
import { diagnose } from './trouble';
import {
  NO_TRACKS,
  type PeerState,
  type PeerTrouble,
  type RemoteTracks,
  type Route,
  type Verified,
} from './view';

/** Who was in the call before waits this long for the newcomer's offer, and offers then. */
export const FIRST_OFFER_MS = 3_000;

/**
 * A person is told by then that there is no connection, and why as far as is known: before the
 * second repair of a first one, whose ways have had their time.
 */
export const TOLD_MS = 17_000;

/** The same where there was one: the last picture is worth some patience. */
export const TOLD_BROKEN_MS = 30_000;

/**
 * The way to one other session of a call: negotiated, watched, and repaired.
 *
 * A healthy connection is left alone whatever becomes of the way to the server. One that broke is
 * repaired, again and again until it stands; after a while a person is told why it does not.
 * Each connection is known by its certificate: another fingerprint is a new connection of the
 * other side, and is met by a new one of ours.
 */
export class Peer {
  readonly #parts: PeerParts;
  readonly #early = new CandidateQueue();
  readonly #past = new Past();
  readonly #first: Alarm;
  readonly #told: Alarm;
  readonly #repairs: Repairs;
  #link: Link;
  #sending: Sending = NOTHING;
  readonly #steps = new Map<'camera' | 'screen', SendingStep>();
  #state: PeerState = 'connecting';
  #seen: RTCPeerConnectionState = 'new';
  #why: PeerTrouble | null = null;
  #verified: Verified | null = null;
  /** By its fingerprints: the connection of the other side that we speak to. */
  #other: string | null = null;
  #canRestart = true;
  #isOutOfStep = false;
  #wasConnected = false;
  #taking: Promise<void> = Promise.resolve();

  /** `offers`: we came later, so we offer; otherwise the other side does. */
  constructor(parts: PeerParts, sending: Sending, offers: boolean) {
    this.#parts = parts;
    this.#first = new Alarm(parts.timer);
    this.#told = new Alarm(parts.timer);
    this.#repairs = new Repairs(parts.timer, parts.polite, () => {
      this.#repair();
    });
    this.#sending = sending;
    this.#link = this.#connect();
    if (offers) {
      this.#link.offer();
    } else {
      this.#first.set(FIRST_OFFER_MS, () => {
        this.#link.begin();
      });
    }
    this.#repairs.wait(FIRST_MS);
    this.#tellAfter(TOLD_MS);
  }

  get state(): PeerState {
    return this.#state;
  }

  get why(): PeerTrouble | null {
    return this.#why;
  }

  get route(): Route | null {
    return this.#state === 'connected' ? this.#link.way.route : null;
  }

  get verified(): Verified | null {
    return this.#verified;
  }

  tracks(screenStream: string): RemoteTracks {
    const isThere = this.#state !== 'failed' && this.#state !== 'closed';
    return isThere ? this.#link.receiving.tracks(screenStream) : NO_TRACKS;
  }

  stats(): Promise<RTCStatsReport> {
    return this.#link.connection.getStats();
  }

  send(sending: Sending): void {
    this.#sending = sending;
    this.#link.send(sending);
  }

  adapt(slot: 'camera' | 'screen', step: SendingStep): void {
    this.#steps.set(slot, step);
    this.#link.adapt(slot, step);
  }

  configure(configuration: RTCConfiguration): void {
    if (this.#link.connection.signalingState === 'closed') return;
    this.#link.connection.setConfiguration(configuration);
  }

  /** Takes what the other side told; resolves once it is on its way through the negotiation. */
  take(told: Told): Promise<void> {
    this.#taking = this.#taking.then(() => this.#work(told)).catch(this.#parts.complained);
    return this.#taking;
  }

  /** The network changed under us. What still works is only shown its new ways. */
  networkChanged(): void {
    if (this.#state === 'closed' || this.#why === 'notVerified') return;
    if (this.#state === 'connected') {
      if (this.#canRestart) this.#link.restart();
      return;
    }
    this.#repairs.begin();
    this.#repair();
  }

  /** A person wants another try. */
  retry(): void {
    if (this.#state === 'closed' || this.#state === 'connected') return;
    this.#repairs.begin();
    this.#why = null;
    this.#beginAnew();
    this.#become('connecting');
    this.#repairs.wait(FIRST_MS);
    this.#tellAfter(TOLD_MS);
  }

  close(): void {
    if (this.#state === 'closed') return;
    this.#stop();
    this.#early.clear();
    this.#become('closed');
  }

  async #work(told: Told): Promise<void> {
    if (this.#isOver()) return;
    if (told.what === 'restart') {
      if (this.#state !== 'connected') this.#repairs.wait();
      this.#restart();
      return;
    }
    if (told.what !== 'description') {
      this.#link.take(told);
      return;
    }
    const { description } = told;
    const verified = await this.#parts.check(description);
    if (this.#isOver()) return;
    this.#verified = verified;
    if (verified.state === 'wrong') this.#refuse();
    else if (this.#meets(description)) this.#link.take(told);
    this.#parts.changed();
  }

  /** Whether a description is for the connection that we have now, or for the new one we made. */
  #meets(description: Description): boolean {
    const { type, sdp } = description;
    const from = maker(sdp);
    if (!(type === 'answer' ? this.#isAwaited(sdp, from) : !this.#past.has(from))) return false;
    if (this.#other !== null && from !== this.#other) {
      if (type === 'answer') {
        // Two connections claim to be the other side's: only a new one of ours can tell.
        this.#anew();
        this.#link.begin();
      } else {
        this.#past.add(this.#other);
        this.#anew();
      }
      this.#interrupt();
      this.#repairs.wait(FIRST_MS);
      if (type === 'answer') return false;
    } else if (type === 'offer' && this.#state !== 'connected') {
      // What the other side begins has its time, too.
      this.#repairs.wait();
    } else if (type === 'offer' && this.#link.isRestart(sdp)) {
      // It was the first to see that the way is lost.
      this.#repairs.breathe();
    }
    this.#first.clear();
    this.#other = from;
    this.#canRestart = trickles(sdp);
    return true;
  }

  /** An answer that names our offer proves that its maker is there, whatever we took it for. */
  #isAwaited(answer: string, from: string): boolean {
    if (!this.#link.awaits(answer)) return false;
    if (answered(answer) === null) return !this.#past.has(from);
    this.#past.delete(from);
    return true;
  }

  #isOver(): boolean {
    return this.#state === 'closed' || this.#why === 'notVerified';
  }

  #connect(): Link {
    const parts = this.#parts;
    const link = new Link({
      connection: parts.connect(),
      line: parts.line,
      polite: parts.polite,
      streams: parts.streams,
      timer: parts.timer,
      early: this.#early,
      complain: parts.complained,
      sounds: () => parts.sounds(),
      changed: () => {
        this.#look();
        parts.changed();
      },
      beats: (lost) => {
        this.#feel(lost);
      },
      settled: () => {
        parts.changed();
      },
      outOfStep: () => {
        // Two that began anew at once may have agreed with each other's former connections.
        this.#isOutOfStep = true;
        this.#repairs.hasten();
      },
    });
    this.#seen = 'new';
    this.#isOutOfStep = false;
    for (const [slot, step] of this.#steps) link.adapt(slot, step);
    link.send(this.#sending);
    return link;
  }

  /** Another connection takes the place of the one we have. */
  #anew(): void {
    this.#first.clear();
    this.#link.close();
    this.#other = null;
    this.#link = this.#connect();
  }

  #look(): void {
    const { connectionState, iceConnectionState } = this.#link.connection;
    const before = this.#seen;
    this.#seen = connectionState;
    if (connectionState === before && connectionState !== 'connecting') return;
    switch (connectionState) {
      case 'connected':
        this.#stand();
        this.#link.pulse.begin();
        return;
      case 'disconnected':
        this.#link.pulse.end();
        this.#interrupt();
        this.#repairs.wait(PATIENCE_MS);
        return;
      case 'failed':
        this.#link.pulse.end();
        this.#repairs.hasten();
        return;
      case 'connecting':
        if (this.#state === 'connecting' && iceConnectionState === 'checking') {
          this.#become('checking');
        }
        return;
      case 'new':
      case 'closed':
        return;
      default:
        connectionState satisfies never;
    }
  }

  #stand(): void {
    if (this.#wasConnected && this.#state !== 'connected') this.#link.refresh();
    this.#repairs.end();
    this.#why = null;
    this.#wasConnected = true;
    this.#first.clear();
    this.#told.clear();
    this.#become('connected');
    this.#link.way.found();
  }

  /** Restarted where that keeps the connection: the browser may be wrong to see no trouble. */
  #feel(isLost: boolean): void {
    if (!isLost) {
      this.#stand();
    } else if (this.#canRestart) {
      this.#interrupt();
      this.#repairs.hasten();
    }
  }

  #repair(): void {
    if (this.#isOver()) return;
    const repair = this.#isOutOfStep ? 'anew' : this.#repairs.take();
    this.#interrupt();
    // Who was never heard is told again; a new connection would say nothing new.
    if (repair === 'restart' || this.#other === null) {
      this.#restart();
    } else if (this.#link.isTelling) {
      // The way to the server is cut as well: what waits there is enough.
      return;
    } else if (repair === 'anew') {
      this.#beginAnew();
    } else {
      this.#parts.line.tell({ what: 'restart' }).catch(this.#parts.complained);
    }
  }

  #interrupt(): void {
    if (!this.#wasConnected || this.#state === 'interrupted' || this.#state === 'failed') return;
    this.#become('interrupted');
    this.#tellAfter(TOLD_BROKEN_MS);
  }

  #beginAnew(): void {
    if (this.#other !== null) this.#past.add(this.#other);
    this.#anew();
    this.#link.begin();
  }

  #restart(): void {
    if (this.#other !== null && !this.#canRestart) {
      this.#past.add(this.#other);
      this.#anew();
    }
    this.#first.clear();
    this.#link.begin();
    this.#link.restart();
  }

  #tellAfter(ms: number): void {
    this.#told.set(ms, () => void this.#tellWhy());
  }

  /** It is tried on, and what is found by later attempts may be another reason. */
  async #tellWhy(): Promise<void> {
    this.#tellAfter(LATER_MS);
    const link = this.#link;
    const report = await link.connection.getStats().catch(() => null);
    if (link !== this.#link || this.#isOver() || this.#state === 'connected') return;
    const heard = this.#other !== null;
    this.#why = diagnose({ heard, hasTurn: this.#parts.hasTurn(), report });
    this.#repairs.slowDown();
    this.#become('failed');
    this.#parts.changed();
  }

  #refuse(): void {
    this.#stop();
    this.#why = 'notVerified';
    this.#become('failed');
  }

  #stop(): void {
    this.#first.clear();
    this.#told.clear();
    this.#repairs.end();
    this.#link.close();
  }

  #become(state: PeerState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#parts.changed();
  }
}
