import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aTrack, Company } from '../../test/rtc/company';
import { SLOTS, type Slot } from './sending';

/** Enough for the longest chain of promises between two messages. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 150; turn += 1) await Promise.resolve();
}

type Step =
  | { readonly deed: 'switch' | 'off'; readonly who: string; readonly slot: Slot }
  | { readonly deed: 'network' | 'reload' | 'come or go'; readonly who: string }
  | { readonly deed: 'cut' | 'fail' | 'mend' | 'mute' | 'flow' | 'time' };

const who = fc.constantFrom('a', 'b');
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      deed: fc.constantFrom('switch' as const, 'off' as const),
      who,
      slot: fc.constantFrom(...SLOTS),
    }),
  },
  { weight: 2, arbitrary: fc.record({ deed: fc.constant('network' as const), who }) },
  { weight: 1, arbitrary: fc.record({ deed: fc.constant('reload' as const), who }) },
  {
    weight: 1,
    arbitrary: fc.record({ deed: fc.constant('come or go' as const), who: fc.constant('c') }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      deed: fc.constantFrom(
        'cut' as const,
        'fail' as const,
        'mend' as const,
        'mute' as const,
        'flow' as const,
        'time' as const,
      ),
    }),
  },
);

async function carryOut(company: Company, step: Step): Promise<void> {
  const { network } = company;
  switch (step.deed) {
    case 'switch':
      company.send(step.who, { [step.slot]: aTrack(step.slot) });
      return;
    case 'off':
      company.send(step.who, { [step.slot]: null });
      return;
    case 'network':
      company.at(step.who).mesh.networkChanged();
      return;
    case 'reload':
      company.reload(step.who);
      return;
    case 'come or go':
      if (company.guests.has(step.who)) company.leave(step.who);
      else company.join(step.who, { microphone: aTrack('microphone') });
      return;
    case 'cut':
      network.isCut = true;
      network.flow();
      return;
    case 'fail':
      network.fail();
      return;
    case 'mend':
      mend(company);
      return;
    case 'mute':
      company.isMute = true;
      return;
    case 'flow':
      network.flow();
      return;
    case 'time':
      await company.clock.pass(2_500);
      return;
    default:
      step satisfies never;
  }
}

function mend(company: Company): void {
  company.network.isCut = false;
  company.isMute = false;
  for (const { mesh } of company.guests.values()) mesh.networkChanged();
}

/** Some minutes at most, in which nothing breaks any more. */
async function rest(company: Company, deliver: () => Promise<void>): Promise<void> {
  for (let second = 0; second < 180; second += 1) {
    await deliver();
    company.network.flow();
    await deliver();
    if (second > 4 && company.differences().length === 0) return;
    await company.clock.pass(1_000);
  }
}

describe('a call', () => {
  it('converges, whatever comes first and whatever breaks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(step, { minLength: 1, maxLength: 14 }),
        async (scheduler, steps) => {
          const company = new Company(async (label) => {
            await scheduler.schedule(Promise.resolve(), label);
          });
          const deliver = async (): Promise<void> => {
            await settled();
            while (scheduler.count() > 0) {
              await scheduler.waitIdle();
              await settled();
            }
          };
          company.join('a', { microphone: aTrack('microphone') });
          company.join('b', { camera: aTrack('camera') });
          for (const each of steps) {
            const name = JSON.stringify(each);
            void scheduler.schedule(Promise.resolve(), name).then(() => carryOut(company, each));
          }
          await deliver();
          mend(company);
          await rest(company, deliver);
          expect(company.differences()).toEqual([]);
          for (const connection of company.network.open) {
            // Four of each side at the most, and two places that found nobody.
            expect(connection.getTransceivers().length).toBeLessThanOrEqual(10);
          }
          const complaints = company.complaints.filter((each) => String(each) !== 'Error: mute');
          // Only who begins anew may be told what was meant for a former connection.
          if (!company.network.hasBegunAnew) expect(complaints).toEqual([]);
          company.close();
          expect(company.clock.pending).toBe(0);
          expect(company.network.open).toEqual([]);
        },
      ),
      { numRuns: 200 },
    );
  }, 120_000);
});
