import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { StillClock } from '../../test/support/still_clock';
import { TOLD_BROKEN_MS, TOLD_MS } from './peer';
import { MUTE_MS, SILENT_MS } from './pulse';
import {
  BREATH_MS,
  COURTESY_MS,
  LATER_MS,
  PATIENCE_MS,
  Repairs,
  REPAIR_MS,
  type Repair,
} from './repairs';

/** Repairs that never help, and when they were made. */
class Vain {
  readonly clock = new StillClock();
  readonly made: Repair[] = [];
  readonly at: number[] = [];
  readonly repairs: Repairs;
  readonly #began = this.clock.now();

  constructor(polite = false) {
    this.repairs = new Repairs(this.clock, polite, () => {
      this.made.push(this.repairs.take());
      this.at.push(this.clock.now() - this.#began);
    });
  }
}

describe('repairs', () => {
  it('go on without an end, the gentlest first', async () => {
    const vain = new Vain();
    vain.repairs.wait(PATIENCE_MS);
    await vain.clock.pass(PATIENCE_MS + 5 * REPAIR_MS);
    expect(vain.made).toEqual(['restart', 'restart', 'anew', 'ask', 'restart', 'restart']);
    expect(vain.at).toEqual([0, 1, 2, 3, 4, 5].map((n) => PATIENCE_MS + n * REPAIR_MS));
    vain.repairs.slowDown();
    const before = vain.made.length;
    await vain.clock.pass(100 * LATER_MS);
    expect(vain.made.length - before).toBeGreaterThanOrEqual(99);
  });

  it('are left to the other side by the polite one, as long as it begins', async () => {
    const vain = new Vain(true);
    vain.repairs.wait();
    for (let time = 0; time < 10; time += 1) {
      await vain.clock.pass(REPAIR_MS);
      vain.repairs.wait();
    }
    expect(vain.made).toEqual([]);
    await vain.clock.pass(REPAIR_MS + COURTESY_MS);
    expect(vain.made).toEqual(['restart']);
  });

  it('come at once where there is nothing to wait for, with a breath between two', async () => {
    const vain = new Vain();
    vain.repairs.hasten();
    expect(vain.at).toEqual([0]);
    vain.repairs.hasten();
    vain.repairs.hasten();
    await vain.clock.pass(BREATH_MS);
    expect(vain.at).toEqual([0, BREATH_MS]);
  });

  it('begin with the gentlest one again, and leave nothing behind in the end', async () => {
    const vain = new Vain();
    vain.repairs.wait(0);
    await vain.clock.pass(2 * REPAIR_MS);
    vain.repairs.begin();
    await vain.clock.pass(REPAIR_MS);
    expect(vain.made).toEqual(['restart', 'restart', 'anew', 'restart']);
    vain.repairs.end();
    expect(vain.clock.pending).toBe(0);
  });
});

it('the published times are those that count', () => {
  const text = readFileSync(new URL('../../../docs/calls.md', import.meta.url), 'utf8');
  const published = /## When the way breaks\n(.*?)\n## /s.exec(text)?.[1]?.replace(/\s+/g, ' ');
  const seconds = (ms: number): string => `${String(ms / 1000)} seconds`;
  for (const said of [
    `nothing has come for ${seconds(SILENT_MS)}`,
    `for ${seconds(MUTE_MS)} where`,
    `another restart ${seconds(PATIENCE_MS)} later`,
    `every ${seconds(REPAIR_MS)} from then on`,
    `after ${seconds(TOLD_BROKEN_MS)}`,
    `every ${seconds(LATER_MS)}`,
    `a first connection, after ${seconds(TOLD_MS)}`,
  ]) {
    expect(published).toContain(said);
  }
});
