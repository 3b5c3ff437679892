import { bounded } from './bounded';
import { Pair, type ProbeParts } from './pair';

/**
 * What asking a STUN server came to.
 *
 * `found`: it said which address others see. `plain`: no such address, but the browser shows this
 * machine's own, which is the same where nothing translates it. `silent`: nothing came back.
 */
export interface StunAnswer {
  readonly is: 'found' | 'plain' | 'silent';
  readonly ms: number | null;
}

/** A server that is there answers within a round trip; browsers ask again for about ten seconds. */
const WAIT_MS = 5_000;

/** Asks the STUN servers which address others see of this machine. */
export async function probeStun(
  parts: ProbeParts,
  iceServers: RTCIceServer[],
  signal: AbortSignal,
): Promise<StunAnswer> {
  const began = parts.now();
  const pair = new Pair(parts, { iceServers });
  try {
    let ownAddress = false;
    pair.a.addEventListener('icecandidate', ({ candidate }) => {
      // Before devices are allowed, browsers put a name in place of the address (RFC 8828 §5.2).
      if (candidate?.type === 'host' && !/\.local$/.test(candidate.address ?? '')) {
        ownAddress = true;
      }
    });
    const judged = (): StunAnswer => ({ is: ownAddress ? 'plain' : 'silent', ms: null });
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
