import type { Sample } from './samples';

/** How good the way to one peer is, as a person would say it. */
export type Level = 'good' | 'fair' | 'poor' | 'none';

/** A figure that is judged. */
export type Figure = 'loss' | 'roundTrip' | 'jitter' | 'frames' | 'frozen' | 'sound' | 'bitrate';

/** What made it so: the worst of what was measured; null where nothing is wrong. */
export type Reason = Figure | 'measuring' | 'interrupted';

/** The verdict on the way to one peer. `none`: there is nothing to judge. */
export interface Quality {
  readonly level: Level;
  readonly reason: Reason | null;
}

/** Before the first figures are in. */
export const UNKNOWN: Quality = { level: 'none', reason: 'measuring' };

const INTERRUPTED: Quality = { level: 'none', reason: 'interrupted' };
const GOOD: Quality = { level: 'good', reason: null };

/** From where on a figure is fair, and from where on poor. `falls`: less is worse. */
export interface Threshold {
  readonly fair: number;
  readonly poor: number;
  readonly falls?: true;
}

/**
 * The published thresholds: `docs/calls.md` and the panel show this very table.
 *
 * The order is that of telling: where several figures are equally bad, the first is the reason.
 */
export const THRESHOLDS: Readonly<Record<Figure, Threshold>> = {
  // Opus' error correction and retransmitted pictures hide 2 %; from 8 on words go missing.
  loss: { fair: 0.02, poor: 0.08 },
  // ITU-T G.114: 150 ms one way go unnoticed, and 300 ms make people talk over each other.
  roundTrip: { fair: 300, poor: 600 },
  // The jitter buffer follows 30 ms without a trace, 80 ms it pays for with delay and gaps.
  jitter: { fair: 30, poor: 80 },
  // The smallest step of adaptive sending is 15 pictures a second: fewer means trouble.
  frames: { fair: 12, poor: 7, falls: true },
  frozen: { fair: 0.05, poor: 0.2 },
  sound: { fair: 0.03, poor: 0.1 },
  // A face needs about 120 kbit/s to be one; counts only while the line holds the picture back.
  // Browsers begin at 300 kbit/s and find out from there: that much is no trouble.
  bitrate: { fair: 250_000, poor: 120_000, falls: true },
};

export const FIGURES = Object.keys(THRESHOLDS) as readonly Figure[];

const rank: Readonly<Record<Level, number>> = { good: 0, fair: 1, poor: 2, none: 3 };

/** The figures of a sample that are judged; null where there is nothing to judge. */
export function figuresOf(sample: Sample): Readonly<Record<Figure, number | null>> {
  const { incoming, outgoing } = sample;
  return {
    loss: larger(incoming.loss, outgoing.loss),
    roundTrip: sample.roundTripMs,
    jitter: incoming.jitterMs,
    frames: incoming.frames,
    frozen: incoming.frozen,
    sound: incoming.concealed,
    bitrate: outgoing.limited === 'bandwidth' ? outgoing.available : null,
  };
}

/** How good one figure is. */
export function levelOf(figure: Figure, value: number): 'good' | 'fair' | 'poor' {
  const { fair, poor, falls } = THRESHOLDS[figure];
  if (falls ? value < poor : value >= poor) return 'poor';
  if (falls ? value < fair : value >= fair) return 'fair';
  return 'good';
}

/** The verdict on one sample alone: as bad as its worst figure. */
export function assess(sample: Sample): Quality {
  const figures = figuresOf(sample);
  let verdict = GOOD;
  for (const figure of FIGURES) {
    const value = figures[figure];
    if (value === null) continue;
    const level = levelOf(figure, value);
    if (rank[level] > rank[verdict.level]) verdict = { level, reason: figure };
  }
  return verdict;
}

/** The verdict that is shown, and how long the samples have been saying something else. */
export interface Judgement {
  readonly quality: Quality;
  readonly worseFor: number;
  readonly betterFor: number;
  /** The mildest of those that were worse in a row, and the worst of those that were better. */
  readonly contender: Quality | null;
}

export const UNJUDGED: Judgement = {
  quality: UNKNOWN,
  worseFor: 0,
  betterFor: 0,
  contender: null,
};

/** Samples in a row that make the verdict worse: one bad moment is no bad line. */
export const WORSE_AFTER = 2;

/** Samples in a row that make it better again: a line that recovers does so for a while. */
export const BETTER_AFTER = 4;

/**
 * The next judgement. `sample` is null while there is no connection to measure: that shows at once.
 *
 * The verdict follows what lasts, so that it does not flicker: it becomes worse after two samples
 * that are, better after four, and goes no further
 * than all of those said.
 */
export function judge(before: Judgement, sample: Sample | null): Judgement {
  if (sample === null) return { ...UNJUDGED, quality: INTERRUPTED };
  const seen = assess(sample);
  const { quality } = before;
  if (quality.level === 'none') return firstVerdict(before, seen);
  const difference = rank[seen.level] - rank[quality.level];
  if (difference === 0) return settled(seen);
  const worse = difference > 0;
  const same = worse ? before.worseFor > 0 : before.betterFor > 0;
  const contender = same ? nearer(quality, before.contender ?? seen, seen) : seen;
  const count = (same ? (worse ? before.worseFor : before.betterFor) : 0) + 1;
  if (count >= (worse ? WORSE_AFTER : BETTER_AFTER)) return settled(contender);
  return {
    quality,
    worseFor: worse ? count : 0,
    betterFor: worse ? 0 : count,
    contender,
  };
}

/** After an interruption two samples decide as well: the first may still be of the bad times. */
function firstVerdict(before: Judgement, seen: Quality): Judgement {
  if (before.contender === null) {
    return { quality: UNKNOWN, worseFor: 0, betterFor: 0, contender: seen };
  }
  return settled(rank[seen.level] < rank[before.contender.level] ? seen : before.contender);
}

function settled(quality: Quality): Judgement {
  return { quality, worseFor: 0, betterFor: 0, contender: null };
}

/** Of two verdicts on the same side the one that is nearer to what is shown. */
function nearer(shown: Quality, one: Quality, other: Quality): Quality {
  const far = (quality: Quality): number => Math.abs(rank[quality.level] - rank[shown.level]);
  return far(other) <= far(one) ? other : one;
}

function larger(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.max(one, other);
}
