import { bounded } from './bounded';
import { Pair, type ProbeParts } from './pair';

/** What sending a picture from this page to itself came to. */
export interface MediaAnswer {
  readonly is: 'decoded' | 'notConnected' | 'nothingDecoded';
  readonly ms: number | null;
  readonly codec: string | null;
}

const WAIT_MS = 8_000;
const LOOK_MS = 100;

/** Sends a track through two connections of this page, until a picture of it was decoded. */
export async function probeMedia(
  parts: ProbeParts,
  track: MediaStreamTrack,
  signal: AbortSignal,
): Promise<MediaAnswer> {
  const began = parts.now();
  const pair = new Pair(parts, {});
  const judged = (): MediaAnswer => ({
    is: pair.b.connectionState === 'connected' ? 'nothingDecoded' : 'notConnected',
    ms: null,
    codec: null,
  });
  let looking: ReturnType<typeof setInterval> | undefined;
  try {
    return await bounded<MediaAnswer>(WAIT_MS, signal, judged, (done) => {
      pair.a.addTrack(track);
      looking = setInterval(() => {
        void decodedBy(pair.b).then((codec) => {
          if (codec !== null) done({ is: 'decoded', ms: parts.now() - began, codec });
        });
      }, LOOK_MS);
      pair.introduce().catch(() => {
        done(judged());
      });
    });
  } finally {
    clearInterval(looking);
    pair.close();
  }
}

/** The codec of the pictures that were decoded; null while there are none. */
async function decodedBy(connection: RTCPeerConnection): Promise<string | null> {
  const report = await connection.getStats();
  for (const stat of report.values() as Iterable<Record<string, unknown>>) {
    if (stat['type'] !== 'inbound-rtp' || Number(stat['framesDecoded'] ?? 0) === 0) continue;
    const codec = report.get(String(stat['codecId'])) as { mimeType?: string } | undefined;
    return codec?.mimeType?.replace(/^video\//, '') ?? '';
  }
  return null;
}
