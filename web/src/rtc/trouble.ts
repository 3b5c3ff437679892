import type { PeerTrouble, Route } from './view';

/** What is known of an attempt that failed. */
export interface Attempt {
  /** Whether the other side has answered at all. */
  readonly heard: boolean;
  /** Whether TURN servers were to be used. */
  readonly hasTurn: boolean;
  readonly report: RTCStatsReport | null;
}

interface CandidateStats extends RTCStats {
  candidateType?: RTCIceCandidateType;
}

interface HeardPair extends RTCIceCandidatePairStats {
  requestsReceived?: number;
}

/** Why no way to the other side was found, as far as the browser's figures show. */
export function diagnose({ heard, hasTurn, report }: Attempt): PeerTrouble {
  if (!heard) return 'peerGone';
  if (report === null) return 'timedOut';
  const pairs = all<RTCIceCandidatePairStats>(report, 'candidate-pair');
  // A way was found, and went away or stayed silent.
  if (pairs.some((pair) => pair.state === 'succeeded' || (pair.responsesReceived ?? 0) > 0)) {
    return 'timedOut';
  }
  const local = all<CandidateStats>(report, 'local-candidate');
  const isRelay = ({ candidateType }: CandidateStats): boolean => candidateType === 'relay';
  if (!hasTurn) return 'noRoute';
  return local.some(isRelay) ? 'theyAreCutOff' : 'turnUnreachable';
}

/** Which way media goes; null while none is chosen. */
export function routeOf(report: RTCStatsReport): Route | null {
  const pair = chosenPair(report);
  if (pair === null) return null;
  const ends = [pair.localCandidateId, pair.remoteCandidateId].map(
    (id) => report.get(id) as CandidateStats | undefined,
  );
  return ends.some((end) => end?.candidateType === 'relay') ? 'relayed' : 'direct';
}

/**
 * How many packets and route checks have come in, on any way that is known still; null where no
 * one says.
 */
export function heardOf(report: RTCStatsReport): number | null {
  const [transport] = all<RTCTransportStats & { packetsReceived?: number }>(report, 'transport');
  if (transport?.packetsReceived === undefined) return null;
  return all<HeardPair>(report, 'candidate-pair').reduce(
    (sum, pair) => sum + (pair.requestsReceived ?? 0) + (pair.responsesReceived ?? 0),
    transport.packetsReceived,
  );
}

function chosenPair(report: RTCStatsReport): RTCIceCandidatePairStats | null {
  for (const { selectedCandidatePairId: id } of all<RTCTransportStats>(report, 'transport')) {
    const pair = id === undefined ? undefined : report.get(id);
    if (pair !== undefined) return pair as RTCIceCandidatePairStats;
  }
  // Firefox has no transport statistics.
  const pairs = all<RTCIceCandidatePairStats>(report, 'candidate-pair');
  return pairs.find((pair) => pair.nominated === true && pair.state === 'succeeded') ?? null;
}

function all<Stats extends RTCStats>(report: RTCStatsReport, type: RTCStatsType): Stats[] {
  const found: Stats[] = [];
  report.forEach((stats: RTCStats) => {
    if (stats.type === type) found.push(stats as Stats);
  });
  return found;
}
