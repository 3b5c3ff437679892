/** How good the way to one peer is, as a person would say it. */
export type Level = 'good' | 'fair' | 'poor' | 'none';

/** What made it so: the worst of what was measured; null where nothing is wrong. */
export type Reason =
  'loss' | 'roundTrip' | 'jitter' | 'frames' | 'bitrate' | 'measuring' | 'interrupted';

/** The verdict on the way to one peer. `none`: there is nothing to judge. */
export interface Quality {
  readonly level: Level;
  readonly reason: Reason | null;
}

/** Before the first figures are in. */
export const UNKNOWN: Quality = { level: 'none', reason: 'measuring' };
