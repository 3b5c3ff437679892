import type { Proof } from '../protocol/generated';

/** A description with the proof of the device that made it, where the device has a key. */
export interface Description {
  readonly type: 'offer' | 'answer';
  readonly sdp: string;
  readonly proof: Proof | null;
}

/** What one peer tells the other by way of the server. */
export type Told =
  | { readonly what: 'description'; readonly description: Description }
  | { readonly what: 'candidate'; readonly candidate: RTCIceCandidateInit }
  | { readonly what: 'endOfCandidates'; readonly ufrag: string | null }
  | { readonly what: 'restart' };

/**
 * The way to the other peer.
 *
 * `tell` resolves once the server has handed the message on, and rejects where it could not. A
 * peer awaits it for descriptions, so that two of its descriptions never overtake each other;
 * candidates may overtake anything.
 */
export interface Line {
  tell(told: Told): Promise<void>;
}
