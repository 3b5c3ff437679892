/**
 * Candidates that came before the description they belong to.
 *
 * They travel on their own and may be faster than it. A candidate names its generation by the
 * username fragment (RFC 8839 §5.4); without one it belongs to whatever description is set.
 */
export class CandidateQueue {
  #waiting: RTCIceCandidateInit[] = [];

  /** More than a laptop with two networks, VPN, and TURN over three transports gathers twice. */
  static readonly limit = 128;

  get size(): number {
    return this.#waiting.length;
  }

  /** Keeps a candidate for later; the oldest goes where there are too many. */
  keep(candidate: RTCIceCandidateInit): void {
    this.#waiting.push(candidate);
    if (this.#waiting.length > CandidateQueue.limit) this.#waiting.shift();
  }

  /** Takes those out that belong to a description. */
  take(sdp: string): RTCIceCandidateInit[] {
    const mine: RTCIceCandidateInit[] = [];
    const others: RTCIceCandidateInit[] = [];
    for (const candidate of this.#waiting) {
      if (belongs(candidate, sdp)) mine.push(candidate);
      else others.push(candidate);
    }
    this.#waiting = others;
    return mine;
  }

  clear(): void {
    this.#waiting = [];
  }
}

/** Whether a candidate is of the generation that a description announces. */
export function belongs(candidate: RTCIceCandidateInit, sdp: string): boolean {
  const fragment = candidate.usernameFragment;
  if (fragment === null || fragment === undefined || fragment === '') return true;
  return sdp.split(/\r?\n/).includes(`a=ice-ufrag:${fragment}`);
}
