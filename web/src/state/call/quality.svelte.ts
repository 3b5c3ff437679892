import type { SendingStep } from '../../rtc/adapt';
import { UNKNOWN, type Quality } from '../../rtc/quality';

export type { Level, Quality, Reason } from '../../rtc/quality';

/** What is measured and steered: the peers of one call (`Mesh` is one by shape). */
export interface Measured {
  stats(session: string): Promise<RTCStatsReport | null>;
  adapt(session: string, slot: 'camera' | 'screen', step: SendingStep): void;
}

/** One peer of the call, as far as its quality goes. */
export interface MeasuredPeer {
  readonly session: string;
  /** Whether media can flow now (`PeerState` is `connected`). */
  readonly connected: boolean;
}

/** What one sends now: each of them costs uplink once for every peer. */
export interface Sends {
  readonly camera: boolean;
  readonly screen: boolean;
}

/** Time as the model knows it; tests hold it still. */
export interface Ticks {
  now(): number;
  after(ms: number, deed: () => void): () => void;
}

/** How good the way to each peer of the call is, now and over the last two minutes. */
export class QualityModel {
  readonly #ticks: Ticks;
  #since = 0;

  constructor(ticks: Ticks) {
    this.#ticks = ticks;
  }

  /** When the call that is measured began. */
  get since(): number {
    return this.#since;
  }

  /** Begins to measure a call: the former one's figures go. */
  begin(_measured: Measured): void {
    this.#since = this.#ticks.now();
  }

  /** Who is there, and what one sends; told at each change. */
  setPeers(_peers: readonly MeasuredPeer[], _sends: Sends): void {}

  /** The verdict on one peer. */
  of(_session: string): Quality {
    return UNKNOWN;
  }

  /** Stops measuring, and forgets. */
  end(): void {}
}
