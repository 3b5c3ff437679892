import type { Connection } from './connection';
import { belongs, CandidateQueue } from './candidates';
import type { Line, Told } from './line';

/** What is wrong with what the other side sent; the call goes on without it. */
export type Complaint = (error: unknown) => void;

/**
 * Keeps two peers' descriptions in step: the perfect negotiation pattern (W3C WebRTC §10.7).
 *
 * Either side may change what it sends at any time. Where both do so at once, the polite one takes
 * its offer back and answers; the impolite one ignores the other's offer. Whatever comes from the
 * other side is worked on one piece after the other, in the order of coming.
 */
export class Negotiation {
  readonly #connection: Connection;
  readonly #line: Line;
  readonly #polite: boolean;
  readonly #complain: Complaint;
  readonly #early = new CandidateQueue();
  #makingOffer = false;
  #settingAnswer = false;
  #ignoring = false;
  #closed = false;
  #taking: Promise<void> = Promise.resolve();
  #telling: Promise<void> = Promise.resolve();

  constructor(connection: Connection, line: Line, polite: boolean, complain: Complaint) {
    this.#connection = connection;
    this.#line = line;
    this.#polite = polite;
    this.#complain = complain;
    connection.onnegotiationneeded = () => void this.#offer();
    connection.onicecandidate = ({ candidate }) => {
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
        if (!this.#isClosed()) this.#complain(error);
      }
    });
    return this.#taking;
  }

  /** Gathers new candidates and tries all ways anew. */
  restart(): void {
    if (!this.#closed) this.#connection.restartIce();
  }

  close(): void {
    this.#closed = true;
    this.#early.clear();
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
      this.#tellDescription();
    } catch (error) {
      if (!this.#isClosed()) this.#complain(error);
    } finally {
      this.#makingOffer = false;
    }
  }

  async #takeDescription(description: RTCSessionDescriptionInit): Promise<void> {
    const pc = this.#connection;
    const isOffer = description.type === 'offer';
    const readyForOffer =
      !this.#makingOffer && (pc.signalingState === 'stable' || this.#settingAnswer);
    this.#ignoring = !this.#polite && isOffer && !readyForOffer;
    if (this.#ignoring) return;
    // An answer to an offer that was taken back since.
    if (!isOffer && pc.signalingState !== 'have-local-offer') return;
    this.#settingAnswer = !isOffer;
    try {
      await pc.setRemoteDescription(description);
    } finally {
      this.#settingAnswer = false;
    }
    if (isOffer) {
      await pc.setLocalDescription();
      this.#tellDescription();
    }
    for (const candidate of this.#early.take(description.sdp ?? '')) await this.#add(candidate);
  }

  async #takeCandidate(candidate: RTCIceCandidateInit): Promise<void> {
    const sdp = this.#connection.remoteDescription?.sdp;
    if (sdp !== undefined && belongs(candidate, sdp)) await this.#add(candidate);
    else this.#early.keep(candidate);
  }

  async #add(candidate: RTCIceCandidateInit): Promise<void> {
    try {
      await this.#connection.addIceCandidate(candidate);
    } catch (error) {
      // Candidates of an offer that we ignore fail by nature.
      if (!this.#ignoring && !this.#isClosed()) this.#complain(error);
    }
  }

  #tellDescription(): void {
    const local = this.#connection.localDescription;
    if (local?.type !== 'offer' && local?.type !== 'answer') return;
    const { type, sdp = '' } = local;
    this.#tell({ what: 'description', description: { type, sdp, proof: null } });
  }

  #tellCandidate(candidate: RTCIceCandidateInit | null): void {
    if (candidate === null) {
      this.#tell({ what: 'endOfCandidates', ufrag: null });
    } else if (candidate.candidate !== '') {
      this.#tell({ what: 'candidate', candidate });
    }
  }

  /** Descriptions wait for each other; candidates wait for nobody. */
  #tell(told: Told): void {
    const send = (): Promise<void> => (this.#closed ? Promise.resolve() : this.#line.tell(told));
    const failed = (error: unknown): void => {
      if (!this.#closed) this.#complain(error);
    };
    if (told.what === 'description') this.#telling = this.#telling.then(send).catch(failed);
    else send().catch(failed);
  }

  #isClosed(): boolean {
    return this.#closed || this.#connection.signalingState === 'closed';
  }
}
