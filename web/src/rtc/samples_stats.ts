/** One object of a report: the fields we read, of all the types we read (W3C webrtc-stats). */
export interface Stat {
  readonly id: string;
  readonly type: string;
  readonly timestamp: number;
  readonly kind?: 'audio' | 'video';
  readonly contentType?: string;
  readonly codecId?: string;
  readonly mimeType?: string;
  readonly packetsReceived?: number;
  readonly packetsLost?: number;
  readonly packetsSent?: number;
  readonly bytesReceived?: number;
  readonly bytesSent?: number;
  readonly jitter?: number;
  readonly framesDecoded?: number;
  readonly framesEncoded?: number;
  readonly frameWidth?: number;
  readonly frameHeight?: number;
  readonly totalFreezesDuration?: number;
  readonly totalSamplesReceived?: number;
  readonly concealedSamples?: number;
  readonly silentConcealedSamples?: number;
  readonly fractionLost?: number;
  readonly roundTripTime?: number;
  readonly qualityLimitationReason?: string;
  readonly selectedCandidatePairId?: string;
  readonly localCandidateId?: string;
  readonly remoteCandidateId?: string;
  readonly selected?: boolean;
  readonly nominated?: boolean;
  readonly state?: string;
  readonly currentRoundTripTime?: number;
  readonly availableOutgoingBitrate?: number;
  readonly candidateType?: RTCIceCandidateType;
  readonly protocol?: string;
  readonly relayProtocol?: 'udp' | 'tcp' | 'tls';
}

/** An `RTCStatsReport`, by shape. */
export interface Report {
  get(id: string): unknown;
  forEach(deed: (stat: unknown) => void): void;
}

/** A stream that was there before and counted on since. */
export interface Flow {
  readonly before: Stat;
  readonly now: Stat;
}

type Counter = {
  [Name in keyof Stat]-?: NonNullable<Stat[Name]> extends number ? Name : never;
}[keyof Stat];

/** Two reports side by side. */
export class Streams {
  readonly #before: Report | null;
  readonly #now: Report;

  constructor(before: Report | null, now: Report) {
    this.#before = before;
    this.#now = now;
  }

  get(id: string | undefined): Stat | null {
    return id === undefined ? null : (asStat(this.#now.get(id)) ?? null);
  }

  all(type: string): Stat[] {
    const found: Stat[] = [];
    this.#now.forEach((value) => {
      const stat = asStat(value);
      if (stat?.type === type) found.push(stat);
    });
    return found;
  }

  /** Streams of a type whose `counter` went on since the report before. */
  flowing(type: string, counter: Counter): Flow[] {
    return this.all(type).flatMap((now) => {
      const before = asStat(this.#before?.get(now.id));
      const went = (now[counter] ?? 0) - (before?.[counter] ?? 0);
      if (before?.type !== type || went <= 0 || now.timestamp <= before.timestamp) return [];
      return [{ before, now }];
    });
  }

  /** What the other side told since the report before; what is older says nothing about now. */
  fresh(type: string): Stat[] {
    return this.all(type).filter(
      ({ id, timestamp }) => timestamp > (asStat(this.#before?.get(id))?.timestamp ?? -Infinity),
    );
  }

  codecs(flows: readonly Flow[]): string[] {
    const names = flows.flatMap(({ now }) => this.get(now.codecId)?.mimeType ?? []);
    return [...new Set(names.map((name) => name.replace(/^(audio|video)\//, '')))].sort();
  }
}

/** By how much a counter went on in all of these. */
export function counted(flows: readonly Flow[], counter: Counter): number {
  return flows.reduce(
    (sum, { before, now }) => sum + (now[counter] ?? 0) - (before[counter] ?? 0),
    0,
  );
}

/** By how much a counter went on in a second, in all of these; null where there are none. */
export function rate(flows: readonly Flow[], counter: Counter, factor = 1): number | null {
  const counting = flows.filter(({ now }) => now[counter] !== undefined);
  if (counting.length === 0) return null;
  return counting.reduce((sum, flow) => {
    const seconds = (flow.now.timestamp - flow.before.timestamp) / 1000;
    return sum + (Math.max(0, counted([flow], counter)) * factor) / seconds;
  }, 0);
}

function asStat(value: unknown): Stat | undefined {
  // The browser's report has these fields, or leaves them out.
  return typeof value === 'object' && value !== null ? (value as Stat) : undefined;
}
