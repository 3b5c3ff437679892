import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sample, type Bend } from '../../test/rtc/reports';
import type { Sample } from './samples';
import {
  assess,
  BETTER_AFTER,
  FIGURES,
  judge,
  THRESHOLDS,
  UNJUDGED,
  WORSE_AFTER,
  type Figure,
  type Judgement,
} from './quality';

const bends: Record<Figure, (value: number) => Bend> = {
  loss: (loss) => ({ incoming: { loss } }),
  roundTrip: (roundTripMs) => ({ roundTripMs }),
  jitter: (jitterMs) => ({ incoming: { jitterMs } }),
  frames: (frames) => ({ incoming: { frames } }),
  frozen: (frozen) => ({ incoming: { frozen } }),
  sound: (concealed) => ({ incoming: { concealed } }),
  bitrate: (available) => ({ outgoing: { available, limited: 'bandwidth' } }),
};

const good = sample();
const fair = sample({ roundTripMs: 400 });
const poor = sample({ incoming: { loss: 0.5 } });

const after = (samples: readonly (Sample | null)[], from: Judgement = UNJUDGED): Judgement =>
  samples.reduce(judge, from);

const levels = (samples: readonly (Sample | null)[]): string[] => {
  let judgement = UNJUDGED;
  return samples.map((one) => (judgement = judge(judgement, one)).quality.level);
};

describe('one sample', () => {
  it('is good where nothing is wrong', () => {
    expect(assess(good)).toEqual({ level: 'good', reason: null });
  });

  it.each(FIGURES)('is as bad as its %s', (figure) => {
    const { fair: first, poor: second, falls } = THRESHOLDS[figure];
    const worse = (value: number): number => (falls ? value * 0.99 : value);
    const milder = (value: number): number => (falls ? value : value * 0.99);
    const bent = bends[figure];
    expect(assess(sample(bent(milder(first)))).level).toBe('good');
    expect(assess(sample(bent(worse(first))))).toEqual({ level: 'fair', reason: figure });
    expect(assess(sample(bent(milder(second)))).level).toBe('fair');
    expect(assess(sample(bent(worse(second))))).toEqual({ level: 'poor', reason: figure });
  });

  it('is not judged by a camera that is off or a line that is not full', () => {
    const quiet = sample({
      incoming: { frames: null, frozen: null, concealed: null, loss: null, jitterMs: null },
      outgoing: { available: 90_000, limited: null },
    });
    expect(assess(quiet).level).toBe('good');
  });
});

describe('the verdict', () => {
  it('begins after two samples, and survives one bad moment', () => {
    expect(levels([good, good, poor, good, poor, good])).toEqual([
      'none',
      'good',
      'good',
      'good',
      'good',
      'good',
    ]);
  });

  it('becomes worse after two, and better after four', () => {
    expect(levels([good, good, poor, poor, good, good, good, good])).toEqual([
      'none',
      'good',
      'good',
      'poor',
      'poor',
      'poor',
      'poor',
      'good',
    ]);
  });

  it('goes no further than all of those said', () => {
    expect(after([good, good, poor, fair]).quality).toEqual({ level: 'fair', reason: 'roundTrip' });
    expect(after([poor, poor, good, good, fair, good]).quality.level).toBe('fair');
  });

  it('is none at once where the connection is interrupted, and begins anew', () => {
    expect(after([good, good, null]).quality).toEqual({ level: 'none', reason: 'interrupted' });
    expect(levels([good, good, null, poor, good])).toEqual([
      'none',
      'good',
      'none',
      'none',
      'good',
    ]);
  });

  const any = fc.array(fc.constantFrom(good, fair, poor), { minLength: 1, maxLength: 60 });

  it('never changes without reason, and never flickers', () => {
    fc.assert(
      fc.property(any, (samples) => {
        const shown = levels(samples);
        const rank = ['good', 'fair', 'poor'];
        let changed = 0;
        for (let n = 2; n < shown.length; n += 1) {
          const [from, to] = [rank.indexOf(shown[n - 1] ?? ''), rank.indexOf(shown[n] ?? '')];
          if (from === to) continue;
          const needed = to > from ? WORSE_AFTER : BETTER_AFTER;
          expect(n - changed).toBeGreaterThanOrEqual(changed === 0 ? 1 : needed);
          const said = samples.slice(n - needed + 1, n + 1).map((one) => assess(one).level);
          expect(said.every((level) => (rank.indexOf(level) - from) * (to - from) > 0)).toBe(true);
          changed = n;
        }
      }),
    );
  });

  it('comes to what all samples say, in two stages at the most', () => {
    fc.assert(
      fc.property(any, fc.constantFrom(good, fair, poor), (before, lasting) => {
        const many = Array.from({ length: 2 * BETTER_AFTER }, () => lasting);
        expect(after([...before, ...many]).quality).toEqual(assess(lasting));
      }),
    );
  });
});

it('the published table is the one that judges', () => {
  const text = readFileSync(new URL('../../../docs/calls.md', import.meta.url), 'utf8');
  const unit: Record<Figure, (value: number) => string> = {
    loss: (value) => `${value * 100} %`,
    roundTrip: (value) => `${value} ms`,
    jitter: (value) => `${value} ms`,
    frames: (value) => `under ${value}`,
    frozen: (value) => `${value * 100} %`,
    sound: (value) => `${value * 100} %`,
    bitrate: (value) => `under ${value / 1000} kbit/s`,
  };
  const published = /## What the dots mean\n(.*?)\n## /s
    .exec(text)?.[1]
    ?.split('\n')
    .filter((row) => row.startsWith('| ') && !row.startsWith('| figure'))
    .map((row) =>
      row
        .split('|')
        .slice(2, 4)
        .map((cell) => cell.trim()),
    );
  expect(published).toEqual(
    FIGURES.map((figure) => {
      const { fair, poor } = THRESHOLDS[figure];
      return [unit[figure](fair), unit[figure](poor)];
    }),
  );
});
