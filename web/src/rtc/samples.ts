import { counted, rate, Streams, type Report, type Stat } from './samples_stats';

/** By which way packets go. Types and protocols only: addresses never leave the browser's report. */
export interface Route {
  readonly kind: 'direct' | 'relayed';
  /** Of the way to the peer, or to the TURN server where it is relayed by ours. */
  readonly protocol: 'udp' | 'tcp' | 'tls';
  readonly local: RTCIceCandidateType;
  readonly remote: RTCIceCandidateType;
}

/** What came from the peer. Shares are 0..1; null is "nothing of the kind came". */
export interface Incoming {
  /** Bits a second, sound and pictures together. */
  readonly bitrate: number | null;
  readonly loss: number | null;
  readonly jitterMs: number | null;
  /** Pictures a second of the camera; a screen that stands still sends few, and is no trouble. */
  readonly frames: number | null;
  readonly width: number | null;
  readonly height: number | null;
  /** Share of the time in which the picture stood still though it should not. */
  readonly frozen: number | null;
  /** Share of the sound that was made up because what should be there was not; silence aside. */
  readonly concealed: number | null;
  readonly codecs: readonly string[];
}

/** What went to the peer. */
export interface Outgoing {
  readonly bitrate: number | null;
  /** Share of what we sent that the peer did not get, as it last told. */
  readonly loss: number | null;
  readonly frames: number | null;
  readonly width: number | null;
  readonly height: number | null;
  /** Bits a second that the browser believes the way to this peer carries. */
  readonly available: number | null;
  /** What keeps the pictures smaller than they could be. */
  readonly limited: 'cpu' | 'bandwidth' | null;
  readonly codecs: readonly string[];
}

/** How one peer's connection did between two reports. */
export interface Sample {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly roundTripMs: number | null;
  readonly route: Route | null;
  readonly incoming: Incoming;
  readonly outgoing: Outgoing;
}

/**
 * What happened between two reports of one peer (W3C webrtc-stats).
 *
 * Counters begin anew with a new connection, a new stream or a codec's reset: a stream whose
 * counters went back, or that was not there before, tells nothing until the next report.
 */
export function sampleOf(before: Report | null, now: Report, at: number): Sample {
  const streams = new Streams(before, now);
  const pair = selectedPair(streams);
  return {
    at,
    roundTripMs: roundTrip(streams, pair),
    route: pair === null ? null : routeOf(streams, pair),
    incoming: incomingOf(streams),
    outgoing: outgoingOf(streams, pair),
  };
}

function incomingOf(streams: Streams): Incoming {
  const all = streams.flowing('inbound-rtp', 'packetsReceived');
  const video = all.filter(({ now }) => now.kind === 'video');
  const audio = all.filter(({ now }) => now.kind === 'audio');
  const cameras = video.filter(({ now }) => now.contentType !== 'screenshare');
  const received = counted(all, 'packetsReceived');
  // Duplicates make the count of lost packets go back.
  const lost = Math.max(0, counted(all, 'packetsLost'));
  const sounds = counted(audio, 'totalSamplesReceived');
  const made = counted(audio, 'concealedSamples') - counted(audio, 'silentConcealedSamples');
  const jitters = all.map(({ now }) => now.jitter).filter((jitter) => jitter !== undefined);
  return {
    bitrate: rate(all, 'bytesReceived', 8),
    loss: received + lost > 0 ? lost / (received + lost) : null,
    jitterMs: jitters.length > 0 ? Math.max(...jitters) * 1000 : null,
    frames: best(cameras.map((flow) => rate([flow], 'framesDecoded'))),
    ...largest(video.map(({ now }) => now)),
    frozen: share(worst(cameras.map((flow) => rate([flow], 'totalFreezesDuration')))),
    concealed: sounds > 0 ? share(made / sounds) : null,
    codecs: streams.codecs(all),
  };
}

function outgoingOf(streams: Streams, pair: Stat | null): Outgoing {
  const all = streams.flowing('outbound-rtp', 'packetsSent');
  const video = all.filter(({ now }) => now.kind === 'video');
  const cameras = video.filter(({ now }) => now.contentType !== 'screenshare');
  const told = streams.fresh('remote-inbound-rtp').map((stat) => stat.fractionLost ?? null);
  const limits = video.map(({ now }) => now.qualityLimitationReason);
  return {
    bitrate: rate(all, 'bytesSent', 8),
    loss: share(worst(told)),
    frames: best(cameras.map((flow) => rate([flow], 'framesEncoded'))),
    ...largest(video.map(({ now }) => now)),
    available: pair?.availableOutgoingBitrate ?? null,
    limited: limits.includes('bandwidth') ? 'bandwidth' : limits.includes('cpu') ? 'cpu' : null,
    codecs: streams.codecs(all),
  };
}

/** The pair that the transport names; Firefox names none and marks the pair itself. */
function selectedPair(streams: Streams): Stat | null {
  for (const transport of streams.all('transport')) {
    const pair = streams.get(transport.selectedCandidatePairId);
    if (pair !== null) return pair;
  }
  const pairs = streams.all('candidate-pair');
  return (
    pairs.find((pair) => pair.selected === true) ??
    pairs.find((pair) => pair.nominated === true && pair.state === 'succeeded') ??
    null
  );
}

function routeOf(streams: Streams, pair: Stat): Route | null {
  const local = streams.get(pair.localCandidateId);
  const remote = streams.get(pair.remoteCandidateId);
  if (local?.candidateType === undefined || remote?.candidateType === undefined) return null;
  const relayed = local.candidateType === 'relay' || remote.candidateType === 'relay';
  return {
    kind: relayed ? 'relayed' : 'direct',
    protocol: local.relayProtocol ?? (local.protocol === 'tcp' ? 'tcp' : 'udp'),
    local: local.candidateType,
    remote: remote.candidateType,
  };
}

/** What the peer's reports say about media; checks of the way itself where it sends none. */
function roundTrip(streams: Streams, pair: Stat | null): number | null {
  const told = streams.fresh('remote-inbound-rtp').map((stat) => stat.roundTripTime ?? null);
  const seconds = pair?.currentRoundTripTime ?? worst(told);
  return seconds === null ? null : seconds * 1000;
}

/** The largest picture of several: that is what one looks at. */
function largest(streams: readonly Stat[]): { width: number | null; height: number | null } {
  let width: number | null = null;
  let height: number | null = null;
  for (const stat of streams) {
    const { frameWidth = 0, frameHeight = 0 } = stat;
    if (frameWidth * frameHeight > (width ?? 0) * (height ?? 0)) {
      width = frameWidth;
      height = frameHeight;
    }
  }
  return { width, height };
}

function known(figures: readonly (number | null)[]): number[] {
  return figures.filter((figure) => figure !== null);
}

function best(figures: readonly (number | null)[]): number | null {
  const some = known(figures);
  return some.length > 0 ? Math.max(...some) : null;
}

/** Of shares of trouble the largest. */
const worst = best;

function share(figure: number | null): number | null {
  return figure === null ? null : Math.min(1, Math.max(0, figure));
}

/** A time in which there was nothing to measure. */
export function gap(at: number): Sample {
  return {
    at,
    roundTripMs: null,
    route: null,
    incoming: {
      bitrate: null,
      loss: null,
      jitterMs: null,
      frames: null,
      width: null,
      height: null,
      frozen: null,
      concealed: null,
      codecs: [],
    },
    outgoing: {
      bitrate: null,
      loss: null,
      frames: null,
      width: null,
      height: null,
      available: null,
      limited: null,
      codecs: [],
    },
  };
}
