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

/** Signs a description; null where this device has no key. */
export type Sign = (sdp: string) => Promise<Proof | null>;

/**
 * A line on which descriptions are signed and wait for each other, over all connections that a
 * peer makes one after the other; everything else waits for nobody.
 */
export class OrderedLine implements Line {
  readonly #line: Line;
  readonly #sign: Sign;
  #last: Promise<void> = Promise.resolve();

  constructor(line: Line, sign: Sign) {
    this.#line = line;
    this.#sign = sign;
  }

  tell(told: Told): Promise<void> {
    if (told.what !== 'description') return this.#line.tell(told);
    const { description } = told;
    const done = this.#last.then(async () => {
      const proof = await this.#sign(description.sdp);
      await this.#line.tell({ what: 'description', description: { ...description, proof } });
    });
    this.#last = done.catch(() => undefined);
    return done;
  }
}
