import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sample } from '../../test/rtc/reports';
import type { Sample } from './samples';
import {
  CAMERA_STEPS,
  SCREEN_STEPS,
  sharedStep,
  stepsAt,
  treat,
  UNTREATED,
  UP_AFTER,
  UPLINK,
  type Sends,
  type Treatment,
} from './adapt';

const LAST = CAMERA_STEPS.length - 1;
const CAMERA: Sends = { camera: true, screen: false };

const calm = sample();
const lossy = (loss: number): Sample => sample({ outgoing: { loss } });

function treated(samples: readonly Sample[], from: Treatment = UNTREATED, floor = 0): Treatment[] {
  const seen: Treatment[] = [];
  let treatment = from;
  for (const one of samples) seen.push((treatment = treat(treatment, one, floor, CAMERA)));
  return seen;
}

const times = (count: number, one: Sample): Sample[] => Array.from({ length: count }, () => one);
const steps = (seen: readonly Treatment[]): number[] => seen.map(({ step }) => step);

describe('the ladders', () => {
  it('give less with each step: cameras keep motion, screens keep sharpness', () => {
    for (let n = 1; n <= LAST; n += 1) {
      expect(CAMERA_STEPS[n]?.maxBitrate).toBeLessThan(CAMERA_STEPS[n - 1]?.maxBitrate ?? 0);
      expect(SCREEN_STEPS[n]?.maxBitrate).toBeLessThan(SCREEN_STEPS[n - 1]?.maxBitrate ?? 0);
    }
    expect(Math.min(...CAMERA_STEPS.map(({ maxFramerate }) => maxFramerate))).toBe(15);
    expect(SCREEN_STEPS.every((step) => step.scaleResolutionDownBy === 1)).toBe(true);
    expect(new Set(CAMERA_STEPS.map((step) => step.degradationPreference))).toEqual(
      new Set(['maintain-framerate']),
    );
    expect(new Set(SCREEN_STEPS.map((step) => step.degradationPreference))).toEqual(
      new Set(['maintain-resolution']),
    );
  });
});

describe('the uplink', () => {
  it('is shared: more people, smaller pictures', () => {
    expect([1, 3, 5, 9, 15].map((peers) => sharedStep(peers, CAMERA))).toEqual([0, 0, 1, 2, 3]);
    expect(sharedStep(5, { camera: true, screen: true })).toBe(3);
  });

  it('is never asked for more than it has', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: LAST }), { minLength: 1, maxLength: 40 }),
        fc.boolean(),
        fc.boolean(),
        (own, camera, screen) => {
          const sum = own
            .map((step) => stepsAt(step, own.length, { camera, screen }))
            .map((at) => (camera ? at.camera.maxBitrate : 0) + (screen ? at.screen.maxBitrate : 0))
            .reduce((one, other) => one + other, 0);
          expect(sum).toBeLessThanOrEqual(UPLINK);
        },
      ),
    );
  });
});

describe('a peer', () => {
  it('is sent less at once where packets are lost', () => {
    expect(steps(treated([lossy(0.1)]))).toEqual([1]);
    expect(steps(treated([lossy(0.3), lossy(0.3), lossy(0.3)]))).toEqual([2, 4, 4]);
  });

  it('is sent less where the line carries less than half for a while', () => {
    const narrow = sample({ outgoing: { available: 600_000, limited: 'bandwidth' } });
    expect(steps(treated([narrow, narrow, calm, narrow, narrow, narrow]))).toEqual([
      0, 0, 0, 0, 0, 1,
    ]);
    // A browser begins carefully, and finds out from there.
    const start = [300_000, 420_000, 900_000].map((available) =>
      sample({ outgoing: { available, limited: 'bandwidth' } }),
    );
    expect(steps(treated(start))).toEqual([0, 0, 0]);
  });

  it('is sent less where the processor says so for a while', () => {
    const hot = sample({ outgoing: { limited: 'cpu' } });
    expect(steps(treated([hot, hot, calm, hot, hot, hot]))).toEqual([0, 0, 0, 0, 0, 1]);
  });

  it('is sent more again, one step after the other', () => {
    const [low] = treated([lossy(0.3)]);
    expect(steps(treated(times(UP_AFTER * 2, calm), low))).toEqual([
      ...Array.from({ length: UP_AFTER - 1 }, () => 2),
      ...Array.from({ length: UP_AFTER }, () => 1),
      0,
    ]);
  });

  it('waits twice as long where more was too much', () => {
    const [low] = treated([lossy(0.1)]);
    const up = treated(times(UP_AFTER, calm), low).at(-1);
    const again = treated([lossy(0.1)], up).at(-1);
    expect([up?.step, again?.step, again?.patience]).toEqual([0, 1, 2 * UP_AFTER]);
  });

  it('is not sent more than the others leave', () => {
    expect(steps(treated(times(50, calm), UNTREATED, 3)).every((step) => step === 3)).toBe(true);
  });

  const anything = fc.array(
    fc.record({
      loss: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: null }),
      available: fc.option(fc.integer({ min: 10_000, max: 5_000_000 }), { nil: null }),
      limited: fc.constantFrom(null, 'cpu' as const, 'bandwidth' as const),
    }),
    { minLength: 1, maxLength: 200 },
  );

  it('never goes up without a calm while, whatever comes', () => {
    fc.assert(
      fc.property(anything, fc.integer({ min: 0, max: LAST }), (outgoing, floor) => {
        let lastChange = -1;
        let before = UNTREATED;
        for (const [n, bend] of outgoing.entries()) {
          const now = treat(before, sample({ outgoing: bend }), floor, CAMERA);
          expect(now.step).toBeGreaterThanOrEqual(floor);
          expect(now.step).toBeLessThanOrEqual(LAST);
          if (now.step < before.step) {
            expect(before.step - now.step).toBe(1);
            expect(n - lastChange).toBeGreaterThanOrEqual(UP_AFTER);
          }
          if (now.step !== before.step) lastChange = n;
          before = now;
        }
      }),
    );
  });

  it('does not swing on a line that carries less than the next step', () => {
    fc.assert(
      fc.property(fc.integer({ min: 160_000, max: 1_400_000 }), (capacity) => {
        // Half an hour at one sample in two seconds, on a line that loses whatever is too much.
        let treatment = UNTREATED;
        let changes = 0;
        for (let n = 0; n < 900; n += 1) {
          const sent = CAMERA_STEPS[treatment.step]?.maxBitrate ?? 0;
          const next = treat(treatment, lossy(sent > capacity ? 0.1 : 0), 0, CAMERA);
          if (next.step !== treatment.step) changes += 1;
          treatment = next;
        }
        // To where it belongs, and then ever rarer tries: at most one in 160 s in the end.
        expect(changes).toBeLessThanOrEqual(LAST + 2 * (4 + Math.ceil(900 / 80)));
        expect(treatment.patience).toBeGreaterThanOrEqual(80);
      }),
    );
  });
});
