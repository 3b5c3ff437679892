/** Time as `net/` knows it, so that tests can hold it still. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs `deed` once after `ms`; the answer calls it off. */
  after(ms: number, deed: () => void): () => void;
}

export const browserClock: Clock = {
  now: () => Date.now(),
  after(ms, deed) {
    const timer = setTimeout(deed, ms);
    return () => {
      clearTimeout(timer);
    };
  },
};
