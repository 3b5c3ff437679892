import type { OpenSocket } from './socket';

/**
 * Whether the server is in reach by websocket, and how far away it is.
 *
 * `blocked`: it closed or never opened, as behind a proxy that knows no websockets. `mute`: it
 * opened, and nothing came back.
 */
export interface Reach {
  readonly is: 'answered' | 'mute' | 'blocked';
  /** Milliseconds from asking to the answer, on the open socket. */
  readonly roundTripMs: number | null;
}

const WAIT_MS = 8_000;

/** Any answer will do: without a greeting the server says that it wants one. */
const QUESTION = '{"id":"reach","request":{"t":"session.ping"}}';

/** Opens a socket of its own, asks once, and closes it. Needs no sign-in. */
export function reach(open: OpenSocket, now: () => number, signal: AbortSignal): Promise<Reach> {
  return new Promise((resolve) => {
    let asked: number | null = null;
    const finish = (answer: Reach): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
      socket.close();
      resolve(answer);
    };
    const giveUp = (): void => {
      finish({ is: asked === null ? 'blocked' : 'mute', roundTripMs: null });
    };
    const timer = setTimeout(giveUp, WAIT_MS);
    signal.addEventListener('abort', giveUp);
    const socket = open({
      opened: () => {
        asked = now();
        socket.send(QUESTION);
      },
      received: () => {
        if (asked !== null) finish({ is: 'answered', roundTripMs: now() - asked });
      },
      closed: giveUp,
    });
  });
}
