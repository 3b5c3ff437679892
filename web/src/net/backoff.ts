/** The first wait is at most this. */
export const BACKOFF_FIRST_MS = 500;

/** A restarted server is back within seconds: doubling would look away for most of them. */
const BACKOFF_GROWTH = 1.6;

/** Longer waits make people reload by hand. */
export const BACKOFF_MOST_MS = 20_000;

/**
 * How long to wait before the attempt numbered `attempt`, from 0: exponential with full jitter, so
 * that a thousand clients of one lost server do not come back in step.
 */
export function backoff(attempt: number, random: () => number): number {
  return random() * Math.min(BACKOFF_MOST_MS, BACKOFF_FIRST_MS * BACKOFF_GROWTH ** attempt);
}
