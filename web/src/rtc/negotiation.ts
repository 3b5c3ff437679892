import { belongs, type CandidateQueue } from './candidates';
import type { Connection } from './connection';
import { answered, answering, isSameOffer, version } from './descriptions';
import type { Line, Told } from './line';
import { Alarm, type Timer } from './timer';

/** What is wrong with what the other side sent; the call goes on without it. */
export type Complaint = (error: unknown) => void;

/** An answer takes a few hundred milliseconds; an offer without one is told again after this. */
export const REPEAT_MS = 2_000;

/** The longest that an offer waits before it is told again. */
export const REPEAT_LIMIT_MS = 30_000;

/** What a negotiation stands on. */
export interface NegotiationParts {
  readonly connection: Connection;
  readonly line: Line;
  readonly polite: boolean;
  readonly timer: Timer;
  /** Outlives a connection: candidates may be faster than the description that begins anew. */
  readonly early: CandidateQueue;
  readonly complain: Complaint;
  /** An offer is set, its answer not made: now tracks find their places in it. */
  answering(): void;
  /** Both sides' descriptions are in step. */
  settled(): void;
  /** A description does not fit what was agreed on: only a new connection helps. */
  outOfStep(): void;
}

/**
 * Keeps two peers' descriptions in step: the perfect negotiation pattern (W3C WebRTC §10.7).
 *
 * Either side may change what it sends at any time. Where both do so at once, the polite one takes
 * its offer back and answers; the impolite one ignores the other's offer. Whatever comes from the
 * other side is worked on one piece after the other, in the order of coming. An offer that gets no
 * answer is told again: messages may be lost while a server is replaced.
 */
export class Negotiation {
  readonly #parts: NegotiationParts;
  readonly #connection: Connection;
  readonly #repeat: Alarm;
  #makingOffer = false;
  #settingAnswer = false;
  #ignoring = false;
  #closed = false;
  #offered: string | null = null;
  /** Descriptions that are not handed on yet. */
  #telling = 0;
  /** The offer that was answered last, and its answer. */
  #answered: { readonly offer: string; readonly answer: Told } | null = null;
  #taking: Promise<void> = Promise.resolve();

  constructor(parts: NegotiationParts) {
    this.#parts = parts;
    this.#connection = parts.connection;
    this.#repeat = new Alarm(parts.timer);
    this.#connection.onnegotiationneeded = () => void this.#offer();
    this.#connection.onicecandidate = ({ candidate }) => {
      this.#tellCandidate(candidate);
    };
  }

  /** Takes what the other side told; resolves once it was worked on. */
  take(told: Told): Promise<void> {
    this.#taking = this.#taking.then(async () => {
      if (this.#closed) return;
      try {
        await this.#work(told);
      } catch (error) {
        // A connection that was closed meanwhile has nothing to say any more.
        if (!this.#isClosed()) this.#parts.complain(error);
      }
    });
    return this.#taking;
  }

  /**
   * Offers at once. A connection that is asked for an offer already does not ask for it itself,
   * which it would do only after the page was drawn.
   */
  begin(): void {
    void this.#offer();
  }

  /** Gathers new candidates and tries all ways anew. */
  restart(): void {
    if (!this.#closed) this.#connection.restartIce();
  }

  /** Tells the offer again that has no answer yet; false where there is none. */
  repeat(): boolean {
    if (this.#isClosed() || this.#connection.signalingState !== 'have-local-offer') return false;
    if (!this.isTelling) this.#tellDescription('offer');
    return true;
  }

  /** A description waits to be handed on: the way to the server is cut, or slow. */
  get isTelling(): boolean {
    return this.#telling > 0;
  }

  /** Whether an answer is to the offer that was told last; the others are of no use. */
  awaits(answer: string): boolean {
    const named = answered(answer);
    return this.#offered !== null && (named === null || named === this.#offered);
  }

  close(): void {
    this.#closed = true;
    this.#repeat.clear();
    this.#connection.onnegotiationneeded = null;
    this.#connection.onicecandidate = null;
  }

  async #work(told: Told): Promise<void> {
    switch (told.what) {
      case 'description':
        await this.#takeDescription(told.description);
        return;
      case 'candidate':
        await this.#takeCandidate(told.candidate);
        return;
      case 'endOfCandidates':
        // Each candidate is tried as it comes; the end of them changes nothing we do.
        return;
      case 'restart':
        this.restart();
        return;
      default:
        told satisfies never;
    }
  }

  async #offer(): Promise<void> {
    try {
      this.#makingOffer = true;
      await this.#connection.setLocalDescription();
      this.#tellDescription('offer');
      this.#repeatAfter(REPEAT_MS);
    } catch (error) {
      if (!this.#isClosed()) this.#parts.complain(error);
    } finally {
      this.#makingOffer = false;
    }
  }

  async #takeDescription({ type, sdp }: { type: RTCSdpType; sdp: string }): Promise<void> {
    const pc = this.#connection;
    const isOffer = type === 'offer';
    if (isOffer && this.#answered !== null && isSameOffer(this.#answered.offer, sdp)) {
      // The answer was lost, or is late. To take the offer twice would take back ours since.
      this.#tell(this.#answered.answer);
      return;
    }
    const readyForOffer =
      !this.#makingOffer && (pc.signalingState === 'stable' || this.#settingAnswer);
    this.#ignoring = !this.#parts.polite && isOffer && !readyForOffer;
    if (this.#ignoring) return;
    if (!isOffer && !this.#isAnswerTo(sdp)) return;
    this.#settingAnswer = !isOffer;
    try {
      await pc.setRemoteDescription({ type, sdp });
    } catch (error) {
      if (this.#isClosed()) return;
      this.#parts.complain(error);
      this.#parts.outOfStep();
      return;
    } finally {
      this.#settingAnswer = false;
    }
    if (isOffer) {
      this.#parts.answering();
      await pc.setLocalDescription();
      this.#tellDescription('answer', sdp);
    }
    this.#repeat.clear();
    for (const candidate of this.#parts.early.take(sdp)) await this.#add(candidate);
    if (!this.#isClosed()) this.#parts.settled();
  }

  /** Not so where the offer was taken back since, or the answer is late. */
  #isAnswerTo(answer: string): boolean {
    if (this.#connection.signalingState !== 'have-local-offer') return false;
    const named = answered(answer);
    return named === null || named === version(this.#connection.localDescription?.sdp ?? '');
  }

  async #takeCandidate(candidate: RTCIceCandidateInit): Promise<void> {
    const sdp = this.#connection.remoteDescription?.sdp;
    if (sdp !== undefined && belongs(candidate, sdp)) await this.#add(candidate);
    else this.#parts.early.keep(candidate);
  }

  async #add(candidate: RTCIceCandidateInit): Promise<void> {
    try {
      await this.#connection.addIceCandidate(candidate);
    } catch (error) {
      // Candidates of an offer that we ignore fail by nature.
      if (!this.#ignoring && !this.#isClosed()) this.#parts.complain(error);
    }
  }

  /** Tells what was just set; nothing where it is not in force any more. */
  #tellDescription(type: 'offer' | 'answer', offer = ''): void {
    const local = this.#connection.localDescription;
    if (this.#isClosed() || local?.type !== type || local.sdp === undefined) return;
    if (type === 'offer') {
      // Taken back already: what is in force is the one that was agreed on before.
      if (this.#connection.signalingState !== 'have-local-offer') return;
      this.#offered = version(local.sdp);
    }
    const sdp = type === 'offer' ? local.sdp : answering(local.sdp, offer);
    const told: Told = { what: 'description', description: { type, sdp, proof: null } };
    if (type === 'answer') this.#answered = { offer, answer: told };
    this.#tell(told);
  }

  #repeatAfter(ms: number): void {
    if (this.#isClosed() || this.#connection.signalingState !== 'have-local-offer') return;
    this.#repeat.set(ms, () => {
      if (this.repeat()) this.#repeatAfter(Math.min(ms * 2, REPEAT_LIMIT_MS));
    });
  }

  #tellCandidate(candidate: RTCIceCandidateInit | null): void {
    if (candidate === null) {
      this.#tell({ what: 'endOfCandidates', ufrag: null });
    } else if (candidate.candidate !== '') {
      this.#tell({ what: 'candidate', candidate: plain(candidate) });
    }
  }

  #tell(told: Told): void {
    const counts = told.what === 'description' ? 1 : 0;
    this.#telling += counts;
    this.#parts.line
      .tell(told)
      .catch((error: unknown) => {
        if (!this.#closed) this.#parts.complain(error);
      })
      .finally(() => {
        this.#telling -= counts;
      });
  }

  #isClosed(): boolean {
    return this.#closed || this.#connection.signalingState === 'closed';
  }
}

/** A browser's candidate has more than a message needs, and hides it from copying. */
function plain(candidate: RTCIceCandidateInit): RTCIceCandidateInit {
  const { candidate: line, sdpMid, sdpMLineIndex, usernameFragment } = candidate;
  return {
    candidate: line ?? '',
    sdpMid: sdpMid ?? null,
    sdpMLineIndex: sdpMLineIndex ?? null,
    usernameFragment: usernameFragment ?? null,
  };
}
