import { bounded } from './bounded';
import { Pair, type ProbeParts } from './pair';

/**
 * What asking a STUN server came to.
 *
 * `found`: it said which address others see. `plain`: it answered and told none but this machine's
 * own, which is so where nothing translates it. `silent`: nothing came back.
 */
export interface StunAnswer {
  readonly is: 'found' | 'plain' | 'silent';
  readonly ms: number | null;
}

/**
 * A server that is there answers within a round trip, and then the browser has found all there is.
 * Chromium asks a silent one for forty seconds before it says so (error 701).
 */
const WAIT_MS = 5_000;

/**
 * Asks one STUN server which address others see of this machine.
 *
 * What it answers is nowhere told where it is the machine's own address. But browsers end their
 * search only when each question was answered, or given up with an error.
 */
export async function probeStun(
  parts: ProbeParts,
  iceServers: RTCIceServer[],
  signal: AbortSignal,
): Promise<StunAnswer> {
  const began = parts.now();
  const pair = new Pair(parts, { iceServers });
  try {
    let sockets = 0;
    let shown = false;
    let given = 0;
    pair.a.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate?.type !== 'host' || candidate.protocol !== 'udp') return;
      sockets += 1;
      // Before devices are allowed, browsers put a name in place of the address (RFC 8828 §5.2).
      if (!/\.local$/.test(candidate.address ?? '')) shown = true;
    });
    // One for each socket that could not ask, or was not answered.
    pair.a.addEventListener('icecandidateerror', () => (given += 1));
    const judged = (): StunAnswer => {
      const answered = pair.found.ended && given < sockets;
      return { is: answered && shown ? 'plain' : 'silent', ms: null };
    };
    pair.a.createDataChannel('probe');
    return await bounded<StunAnswer>(WAIT_MS, signal, judged, (done) => {
      pair.onFound = () => {
        if (pair.found.types.has('srflx')) done({ is: 'found', ms: parts.now() - began });
        else if (pair.found.ended) done(judged());
      };
      void pair.a.setLocalDescription();
    });
  } finally {
    pair.close();
  }
}
