import type { Report } from '../../src/rtc/samples_stats';
import type { Sample } from '../../src/rtc/samples';

/** A report of these objects, as the browser would hand it out. */
export function report(...stats: readonly ({ id: string } & Record<string, unknown>)[]): Report {
  return new Map(stats.map((stat) => [stat.id, stat]));
}

export interface Bend {
  readonly at?: number;
  readonly roundTripMs?: number | null;
  readonly incoming?: Partial<Sample['incoming']>;
  readonly outgoing?: Partial<Sample['outgoing']>;
}

/** Two seconds of a call in which nothing is wrong, but for what is bent. */
export function sample(bend: Bend = {}): Sample {
  return {
    at: bend.at ?? 1_000,
    roundTripMs: bend.roundTripMs === undefined ? 20 : bend.roundTripMs,
    route: { kind: 'direct', protocol: 'udp', local: 'host', remote: 'srflx' },
    incoming: {
      bitrate: 900_000,
      loss: 0,
      jitterMs: 4,
      frames: 30,
      width: 1280,
      height: 720,
      frozen: 0,
      concealed: 0,
      codecs: ['VP8', 'opus'],
      ...bend.incoming,
    },
    outgoing: {
      bitrate: 800_000,
      loss: 0,
      frames: 30,
      width: 1280,
      height: 720,
      available: 2_000_000,
      limited: null,
      codecs: ['VP8', 'opus'],
      ...bend.outgoing,
    },
  };
}

/** Figures of a connection by whose way so much has come in. */
export function arrivals(packetsReceived: number, responsesReceived = 0): RTCStatsReport {
  const entries = [
    { id: 'T', type: 'transport', selectedCandidatePairId: 'P', packetsReceived },
    { id: 'P', type: 'candidate-pair', requestsReceived: 2, responsesReceived },
  ];
  return new Map(entries.map((entry) => [entry.id, entry]));
}
