import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pair } from '../../test/rtc/scripted';

const immediately = (): Promise<void> => Promise.resolve();

async function settled(): Promise<void> {
  for (let turn = 0; turn < 400; turn += 1) await Promise.resolve();
}

function agree(pair: Pair): void {
  const { a, b } = pair;
  expect(pair.complaints).toEqual([]);
  expect([a.signalingState, b.signalingState]).toEqual(['stable', 'stable']);
  expect([a.agreed, b.hears]).toEqual([a.tracks, a.tracks]);
  expect([b.agreed, a.hears]).toEqual([b.tracks, b.tracks]);
}

describe('two peers', () => {
  it('agree where one offers', async () => {
    const pair = new Pair(immediately);
    pair.a.addTrack();
    await settled();
    agree(pair);
    expect(pair.b.candidates).toEqual(new Set(['a0-host', 'a0-relay']));
    expect(pair.a.candidates).toEqual(new Set(['b0-host', 'b0-relay']));
  });

  it('agree where both offer at the same instant, and only the polite one gives way', async () => {
    const pair = new Pair(immediately);
    pair.a.addTrack();
    pair.b.addTrack();
    await settled();
    agree(pair);
    expect([pair.a.rollbacks, pair.b.rollbacks]).toEqual([1, 0]);
  });

  it('exchange new candidates when ICE is restarted', async () => {
    const pair = new Pair(immediately);
    pair.a.addTrack();
    await settled();
    pair.a.restartIce();
    await settled();
    agree(pair);
    expect(pair.b.candidates).toContain('a1-relay');
  });

  it('converge, whatever comes first', async () => {
    const step = fc.constantFrom('a+', 'b+', 'aRestart', 'bRestart');
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(step, { minLength: 1, maxLength: 8 }),
        async (scheduler, steps) => {
          const pair = new Pair(async (label) => {
            await scheduler.schedule(Promise.resolve(), label);
          });
          for (const name of steps) {
            const deed = {
              'a+': () => {
                pair.a.addTrack();
              },
              'b+': () => {
                pair.b.addTrack();
              },
              aRestart: () => {
                pair.a.restartIce();
              },
              bRestart: () => {
                pair.b.restartIce();
              },
            }[name];
            void scheduler.schedule(Promise.resolve(), name).then(deed);
          }
          await scheduler.waitIdle();
          await settled();
          while (scheduler.count() > 0) {
            await scheduler.waitIdle();
            await settled();
          }
          agree(pair);
        },
      ),
      { numRuns: 400 },
    );
  });
});
