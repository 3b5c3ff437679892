import { describe, expect, it } from 'vitest';
import type { SendingStep } from '../../rtc/adapt';
import { EVERY_MS, MOST_SAMPLES, QualityModel, type Measured } from './quality.svelte';

/** A call whose every peer receives and sends as told, and time that goes on by hand. */
class Scripted implements Measured {
  readonly adapted: { session: string; slot: string; step: SendingStep }[] = [];
  readonly #received = new Map<string, { packets: number; lost: number }>();
  lossOf = new Map<string, number>();
  at = 0;
  #due: (() => void)[] = [];

  now = (): number => this.at;

  after = (ms: number, deed: () => void): (() => void) => {
    expect(ms).toBe(EVERY_MS);
    this.#due.push(deed);
    return () => {
      this.#due = this.#due.filter((other) => other !== deed);
    };
  };

  get isWaiting(): boolean {
    return this.#due.length > 0;
  }

  async pass(samples = 1): Promise<void> {
    for (let n = 0; n < samples; n += 1) {
      this.at += EVERY_MS;
      for (const deed of this.#due.splice(0)) deed();
      for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    }
  }

  stats(session: string): Promise<RTCStatsReport> {
    const counts = this.#received.get(session) ?? { packets: 0, lost: 0 };
    const loss = this.lossOf.get(session) ?? 0;
    counts.packets += 100 * (1 - loss);
    counts.lost += 100 * loss;
    this.#received.set(session, counts);
    const told = { id: 'O', type: 'remote-inbound-rtp', timestamp: this.at, fractionLost: loss };
    const stream = {
      id: 'A',
      type: 'inbound-rtp',
      kind: 'audio',
      timestamp: this.at,
      packetsReceived: counts.packets,
      packetsLost: counts.lost,
    };
    return Promise.resolve(
      new Map<string, object>([
        ['O', told],
        ['A', stream],
      ]) as RTCStatsReport,
    );
  }

  adapt(session: string, slot: 'camera' | 'screen', step: SendingStep): void {
    this.adapted.push({ session, slot, step });
  }

  lastFor(session: string): SendingStep | undefined {
    return this.adapted.filter((one) => one.session === session).at(-1)?.step;
  }
}

const here = (...sessions: string[]) => sessions.map((session) => ({ session, connected: true }));
const camera = { camera: true, screen: false };

function call(): { script: Scripted; quality: QualityModel } {
  const script = new Scripted();
  const quality = new QualityModel(script);
  quality.begin(script);
  return { script, quality };
}

describe('the quality of a call', () => {
  it('is known after three reports, and follows what happens to each peer', async () => {
    const { script, quality } = call();
    quality.setPeers(here('ann', 'bob'), camera);
    expect(quality.of('ann')).toEqual({ level: 'none', reason: 'measuring' });
    await script.pass(3);
    expect([quality.of('ann').level, quality.of('bob').level]).toEqual(['good', 'good']);
    script.lossOf.set('bob', 0.2);
    await script.pass(2);
    expect(quality.of('ann').level).toBe('good');
    expect(quality.of('bob')).toEqual({ level: 'poor', reason: 'loss' });
    expect(quality.samplesOf('bob').at(-1)?.incoming.loss).toBeCloseTo(0.2);
  });

  it('keeps two minutes', async () => {
    const { script, quality } = call();
    quality.setPeers(here('ann'), camera);
    await script.pass(MOST_SAMPLES + 5);
    const samples = quality.samplesOf('ann');
    expect(samples.length).toBe(MOST_SAMPLES);
    expect((samples.at(-1)?.at ?? 0) - (samples[0]?.at ?? 0)).toBe((MOST_SAMPLES - 1) * EVERY_MS);
  });

  it('says at once that a peer is interrupted, and leaves a gap', async () => {
    const { script, quality } = call();
    quality.setPeers(here('ann'), camera);
    await script.pass(3);
    quality.setPeers([{ session: 'ann', connected: false }], camera);
    expect(quality.of('ann')).toEqual({ level: 'none', reason: 'interrupted' });
    await script.pass();
    expect(quality.samplesOf('ann').map(({ incoming }) => incoming.loss)).toEqual([
      null,
      0,
      0,
      null,
    ]);
  });

  it('sends less where packets are lost, to that peer alone', async () => {
    const { script, quality } = call();
    quality.setPeers(here('ann', 'bob'), camera);
    const first = script.lastFor('bob');
    script.lossOf.set('bob', 0.3);
    await script.pass(2);
    expect(script.lastFor('bob')?.maxBitrate).toBeLessThan(first?.maxBitrate ?? 0);
    expect(script.lastFor('ann')).toEqual(first);
  });

  it('shares the uplink when more people come, and tells nothing twice', async () => {
    const { script, quality } = call();
    quality.setPeers(here('ann'), camera);
    await script.pass(3);
    expect(script.adapted.length).toBe(1);
    quality.setPeers(here('ann', 'bob', 'cem', 'dee', 'eva'), camera);
    const told = script.adapted.slice(1);
    expect(told.map(({ session }) => session)).toEqual(['ann', 'bob', 'cem', 'dee', 'eva']);
    expect(new Set(told.map(({ step }) => step.scaleResolutionDownBy))).toEqual(new Set([1.5]));
  });

  it('steers the screen when there is one, and a peer only once it is connected', () => {
    const { script, quality } = call();
    quality.setPeers([{ session: 'ann', connected: false }], { camera: false, screen: true });
    expect(script.adapted).toEqual([]);
    quality.setPeers(here('ann'), { camera: false, screen: true });
    expect(script.adapted.map(({ slot, step }) => [slot, step.degradationPreference])).toEqual([
      ['screen', 'maintain-resolution'],
    ]);
  });

  it('ends with the call, and forgets it', async () => {
    const { script, quality } = call();
    quality.setPeers(here('ann'), camera);
    await script.pass(3);
    quality.end();
    expect(script.isWaiting).toBe(false);
    expect(quality.samplesOf('ann')).toEqual([]);
    expect(quality.of('ann').level).toBe('none');
  });
});
