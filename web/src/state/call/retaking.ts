import { Refused } from '../../protocol/refused';

/** Where the server names no time. */
const AGAIN_MS = 1000;

/**
 * How many milliseconds later a seat that was asked for in vain is asked for again; Infinity leaves
 * it to the connection's return, and null to the person.
 *
 * Whoever was in the call is not out of it because the server is busy; at the door one may be told.
 * A call that is full meanwhile has no place to wait for.
 */
export function retakenAfter(error: unknown, wasIn: boolean): number | null {
  if (!(error instanceof Refused)) return null;
  const { code, refusal, mayPass } = error;
  if (code === 'client.offline' || code === 'client.lost') return Infinity;
  if (!wasIn || !mayPass || code === 'calls.full') return null;
  return (refusal.retry_after ?? 0) * 1000 || AGAIN_MS;
}
