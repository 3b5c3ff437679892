import type { Connection } from './connection';
import type { Told } from './line';
import type { MeshParts } from './mesh';
import type { Identity } from './proof';

/** What a mesh stands on in a browser; `tell` is the way through the server. */
export function browserParts(
  tell: (to: string, told: Told) => Promise<void>,
  identity: Identity,
): MeshParts {
  return {
    // Handlers of the browser's own type take more than ours pass: they fit only by their use.
    connect: (configuration) => new RTCPeerConnection(configuration) as unknown as Connection,
    stream: () => new MediaStream(),
    tell,
    identity,
    timer: {
      now: () => performance.now(),
      after(ms, deed) {
        const timer = setTimeout(deed, ms);
        return () => {
          clearTimeout(timer);
        };
      },
    },
  };
}
