import { bounded } from './bounded';
import { Pair, type ProbeParts } from './pair';

/**
 * What trying TURN servers came to.
 *
 * `through`: data went out through the relay and came back. `allocated`: a relay port was given out
 * and nothing came through it; `onLoopback` where that port is on this very machine, which relays
 * refuse for good reason. `refused`: the server answered an error. `silent`: nothing came back.
 */
export interface TurnAnswer {
  readonly is: 'through' | 'allocated' | 'refused' | 'silent';
  readonly ms: number | null;
  readonly onLoopback: boolean;
  readonly error: number | null;
}

/** TCP, TLS and an allocation take five round trips; ICE then has a few seconds to find the pair. */
const WAIT_MS = 8_000;

const MESSAGE = 'parley';

/** Sends data from this page through a relay and back to this page, by these servers alone. */
export async function probeTurn(
  parts: ProbeParts,
  iceServers: RTCIceServer[],
  signal: AbortSignal,
): Promise<TurnAnswer> {
  const began = parts.now();
  const pair = new Pair(parts, { iceServers, iceTransportPolicy: 'relay' });
  const { found } = pair;
  const judged = (): TurnAnswer => {
    const allocated = found.types.has('relay');
    const is = allocated ? 'allocated' : (found.error ?? 700) < 700 ? 'refused' : 'silent';
    return { is, ms: null, onLoopback: allocated && found.loopbackRelay, error: found.error };
  };
  try {
    return await bounded<TurnAnswer>(WAIT_MS, signal, judged, (done) => {
      const channel = pair.a.createDataChannel('probe');
      channel.onopen = () => {
        channel.send(MESSAGE);
      };
      pair.b.ondatachannel = ({ channel: other }) => {
        other.onmessage = ({ data }) => {
          other.send(String(data));
        };
      };
      channel.onmessage = ({ data }) => {
        if (data !== MESSAGE) return;
        done({ is: 'through', ms: parts.now() - began, onLoopback: false, error: null });
      };
      pair.onFound = () => {
        if (found.ended && !found.types.has('relay')) done(judged());
      };
      pair.a.onconnectionstatechange = () => {
        if (pair.a.connectionState === 'failed') done(judged());
      };
      pair.introduce().catch(() => {
        done(judged());
      });
    });
  } finally {
    pair.close();
  }
}
