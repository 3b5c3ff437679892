import {
  sharedStep,
  stepsAt,
  treat,
  UNTREATED,
  type SendingStep,
  type Sends,
  type Treatment,
} from '../../rtc/adapt';
import { judge, UNJUDGED, UNKNOWN, type Judgement, type Quality } from '../../rtc/quality';
import { gap, sampleOf, type Sample } from '../../rtc/samples';

export { FIGURES, figuresOf, levelOf, THRESHOLDS } from '../../rtc/quality';
export { qualityReport } from '../../rtc/quality_report';
export type { Figure, Level, Quality, Reason, Threshold } from '../../rtc/quality';
export type { Route, Sample } from '../../rtc/samples';
export type { Sends } from '../../rtc/adapt';

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

/** Time as the model knows it; tests hold it still. */
export interface Ticks {
  now(): number;
  after(ms: number, deed: () => void): () => void;
}

/** A report every two seconds: soon enough to see trouble, and cheap enough for fifteen peers. */
export const EVERY_MS = 2_000;

/** Two minutes. */
export const MOST_SAMPLES = 60;

/** What is known of one peer. */
interface Watched {
  connected: boolean;
  samples: readonly Sample[];
  report: RTCStatsReport | null;
  judgement: Judgement;
  treatment: Treatment;
  told: string;
}

/** What is shown of one peer. */
interface Shown {
  readonly quality: Quality;
  readonly samples: readonly Sample[];
}

/** How good the way to each peer of the call is, now and over the last two minutes. */
export class QualityModel {
  #shown = $state.raw<ReadonlyMap<string, Shown>>(new Map());
  readonly #ticks: Ticks;
  readonly #peers = new Map<string, Watched>();
  #sends: Sends = { camera: false, screen: false };
  #measured: Measured | null = null;
  #callOff: (() => void) | null = null;

  constructor(ticks: Ticks) {
    this.#ticks = ticks;
  }

  /** Begins to measure a call: the former one's figures go. */
  begin(measured: Measured): void {
    this.end();
    this.#measured = measured;
    this.#later(measured);
  }

  /** Who is there, and what one sends; told at each change. */
  setPeers(peers: readonly MeasuredPeer[], sends: Sends): void {
    this.#sends = sends;
    const here = new Set(peers.map(({ session }) => session));
    for (const session of this.#peers.keys()) {
      if (!here.has(session)) this.#peers.delete(session);
    }
    for (const { session, connected } of peers) {
      const peer = this.#peers.get(session);
      if (peer === undefined) {
        this.#peers.set(session, newcomer(connected));
      } else if (peer.connected !== connected) {
        peer.connected = connected;
        // The verdict does not wait for the next sample.
        if (!connected) peer.judgement = judge(peer.judgement, null);
      }
    }
    this.#show();
    this.#steer();
  }

  /** The verdict on one peer. */
  of(session: string): Quality {
    return this.#shown.get(session)?.quality ?? UNKNOWN;
  }

  /** What was measured of one peer, the oldest first. */
  samplesOf(session: string): readonly Sample[] {
    return this.#shown.get(session)?.samples ?? [];
  }

  /** Stops measuring, and forgets. */
  end(): void {
    this.#callOff?.();
    this.#callOff = null;
    this.#measured = null;
    this.#peers.clear();
    this.#shown = new Map();
  }

  #later(measured: Measured): void {
    this.#callOff = this.#ticks.after(EVERY_MS, () => {
      void this.#measure(measured);
    });
  }

  async #measure(measured: Measured): Promise<void> {
    const at = this.#ticks.now();
    await Promise.all(
      [...this.#peers].map(async ([session, peer]) => {
        const report = peer.connected ? await statsOf(measured, session) : null;
        const sample = this.#take(peer, report, at);
        peer.samples = [...peer.samples.slice(1 - MOST_SAMPLES), sample];
      }),
    );
    if (this.#measured !== measured) return;
    this.#show();
    this.#steer();
    this.#later(measured);
  }

  /** One more report of a peer; null while there is none to have. */
  #take(peer: Watched, report: RTCStatsReport | null, at: number): Sample {
    const before = peer.report;
    peer.report = report;
    if (report === null) {
      peer.judgement = judge(peer.judgement, null);
      return gap(at);
    }
    const sample = sampleOf(before, report, at);
    // Rates need two reports.
    if (before !== null) {
      const floor = sharedStep(this.#peers.size, this.#sends);
      peer.judgement = judge(peer.judgement, sample);
      peer.treatment = treat(peer.treatment, sample, floor, this.#sends);
    }
    return sample;
  }

  #show(): void {
    const shown = new Map<string, Shown>();
    for (const [session, { judgement, samples }] of this.#peers) {
      shown.set(session, { quality: judgement.quality, samples });
    }
    this.#shown = shown;
  }

  /** Tells the senders what they may, where that is something new. */
  #steer(): void {
    const measured = this.#measured;
    if (measured === null) return;
    for (const [session, peer] of this.#peers) {
      const { camera, screen } = stepsAt(peer.treatment.step, this.#peers.size, this.#sends);
      const told = JSON.stringify([camera, screen, this.#sends, peer.connected]);
      if (!peer.connected || told === peer.told) continue;
      peer.told = told;
      if (this.#sends.camera) measured.adapt(session, 'camera', camera);
      if (this.#sends.screen) measured.adapt(session, 'screen', screen);
    }
  }
}

function newcomer(connected: boolean): Watched {
  return {
    connected,
    samples: [],
    report: null,
    judgement: UNJUDGED,
    treatment: UNTREATED,
    told: '',
  };
}

/** A connection that was closed meanwhile has no statistics; that is no fault. */
async function statsOf(measured: Measured, session: string): Promise<RTCStatsReport | null> {
  try {
    return await measured.stats(session);
  } catch {
    return null;
  }
}
