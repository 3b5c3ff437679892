import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  cameras,
  emptyMemory,
  everything,
  microphones,
  ScriptedDevices,
  speakers,
  type Pause,
  type Plugged,
  type ScriptedTrack,
} from '../../../test/media/scripted_devices';
import type { Family } from '../../media/browser_family';
import { Devices } from '../../media/devices';
import { Choices, type Memory } from '../../media/remembered';
import type { DeviceNotice } from './device_words';
import { LocalMediaModel } from './local_media.svelte';

class Setup {
  readonly browser: ScriptedDevices;
  readonly notices: DeviceNotice[] = [];
  readonly model: LocalMediaModel;
  readonly ears = new Map<MediaStreamTrack, (loudness: number) => void>();
  now = 10_000;
  #permitted: () => void = () => undefined;

  constructor({
    plugged = everything,
    pause,
    memory = emptyMemory(),
    family = 'chromium',
    hidden = false,
  }: {
    plugged?: readonly Plugged[];
    pause?: Pause;
    memory?: Memory;
    family?: Family;
    hidden?: boolean;
  } = {}) {
    this.browser = new ScriptedDevices(plugged, pause);
    this.browser.hidden = hidden;
    const choices = new Choices(memory);
    this.model = new LocalMediaModel({
      devices: new Devices({
        browser: this.browser,
        secure: true,
        choices,
        permission: (kind) => Promise.resolve(this.browser.denied.has(kind) ? 'denied' : 'granted'),
      }),
      choices,
      ears: {
        listen: (track, heard) => {
          this.ears.set(track, heard);
          return () => {
            this.ears.delete(track);
          };
        },
      },
      family,
      hasSpeakerChoice: true,
      now: () => this.now,
      say: (notice) => {
        this.notices.push(notice);
      },
      echoTest: () => {
        throw new Error('no sound here');
      },
      onPermission: (listener) => {
        this.#permitted = listener;
      },
    });
  }

  /** The list of devices changes, and everything that follows from it happens. */
  async plug(...plugged: readonly Plugged[]): Promise<void> {
    this.now += 60_000;
    this.browser.plug(plugged);
    await settled();
  }

  async permit(): Promise<void> {
    this.browser.denied.clear();
    this.#permitted();
    await settled();
  }

  /** Ten times a second for so long. */
  hear(loudness: number, milliseconds: number): void {
    for (let passed = 0; passed <= milliseconds; passed += 100) {
      this.now += 100;
      for (const heard of this.ears.values()) heard(loudness);
    }
  }

  get open(): (string | undefined)[] {
    const { microphone, camera } = this.model;
    return [microphone, camera].map((track) => track?.getSettings().deviceId);
  }

  /** What is open beside what the model shows; the copy that the meter hears is its own. */
  get leaked(): ScriptedTrack[] {
    const shown = new Set<unknown>([...Object.values(this.model.sending()), ...this.ears.keys()]);
    return this.browser.live.filter((track) => !shown.has(track));
  }
}

/** Lets every promise that waits for nothing else go on. */
const settled = (): Promise<void> => new Promise((done) => setImmediate(done));

describe('opening', () => {
  test('one question for both, and the meter hears a copy', async () => {
    const { browser, model, open, leaked, ears } = await opened();
    expect(browser.asked).toHaveLength(1);
    expect(open).toEqual(['m1', 'c1']);
    expect(leaked).toEqual([]);
    expect(ears.has(model.microphone as MediaStreamTrack)).toBe(false);
    expect(browser.live).toHaveLength(3);
    expect(model.microphone?.contentHint).toBe('speech');
    expect(model.camera?.contentHint).toBe('motion');
  });

  test('without a camera the microphone opens, and the other way round', async () => {
    const deaf = await opened({ plugged: cameras });
    expect(deaf.open).toEqual([undefined, 'c1']);
    expect(deaf.model.trouble.microphone?.trouble).toBe('missing');
    const blind = await opened({ plugged: microphones });
    expect(blind.open).toEqual(['m1', undefined]);
    expect(blind.model.trouble.camera?.trouble).toBe('missing');
  });

  test('a camera that another program holds is no trouble of the microphone', async () => {
    const setup = new Setup();
    setup.browser.busy.add('c1');
    await setup.model.openAll();
    expect(setup.open).toEqual(['m1', undefined]);
    expect(setup.model.trouble).toMatchObject({ microphone: null, camera: { trouble: 'busy' } });
    setup.browser.busy.clear();
    await setup.model.retry('camera');
    expect(setup.open).toEqual(['m1', 'c1']);
    expect(setup.model.trouble.camera).toBeNull();
  });

  test('a refusal asks nobody again, opens what is allowed, and ends when it is lifted', async () => {
    const setup = new Setup();
    setup.browser.denied.add('camera');
    await setup.model.openAll();
    expect(setup.open).toEqual(['m1', undefined]);
    expect(setup.model.trouble.camera?.trouble).toBe('refused');
    expect(setup.browser.asked.map(({ video }) => video !== undefined)).toEqual([true, false]);
    await setup.permit();
    expect(setup.open).toEqual(['m1', 'c1']);
  });

  test('a page without devices says why', async () => {
    for (const [secure, trouble] of [
      [false, 'insecure'],
      [true, 'unsupported'],
    ] as const) {
      const choices = new Choices(emptyMemory());
      const devices = new Devices({
        browser: undefined,
        secure,
        choices,
        permission: () => Promise.resolve(null),
      });
      await expect(devices.openCamera()).rejects.toMatchObject({ kind: 'camera', trouble });
      await expect(devices.openScreen()).rejects.toMatchObject({ kind: 'screen', trouble });
      expect(await devices.openBoth()).toMatchObject({
        microphone: { trouble },
        camera: { trouble },
      });
    }
  });
});

describe('choosing', () => {
  test('switches at once, and is remembered', async () => {
    const memory = emptyMemory();
    const setup = await opened({ memory });
    const former = setup.model.camera;
    const sent: unknown[] = [];
    setup.model.onSending(({ camera }) => sent.push(camera?.getSettings().deviceId));
    await setup.model.choose('camera', 'c2');
    await setup.model.choose('microphone', 'm2');
    await setup.model.choose('speaker', 's2');
    expect(setup.open).toEqual(['m2', 'c2']);
    expect(setup.model.speaker).toBe('s2');
    expect(former?.readyState).toBe('ended');
    // No moment without a picture.
    expect(sent).not.toContain(undefined);
    expect(setup.leaked).toEqual([]);

    const later = await opened({ memory });
    expect(later.open).toEqual(['m2', 'c2']);
    expect(later.model.speaker).toBe('s2');
  });

  test('what is remembered is asked for where the browser hides its devices', async () => {
    const memory = emptyMemory();
    const setup = await opened({ memory });
    await setup.model.choose('camera', 'c2');
    const hiding = await opened({ memory, hidden: true });
    expect(hiding.open).toEqual(['m1', 'c2']);
    await hiding.plug(...everything);
    expect(hiding.notices).toEqual([]);
  });

  test('a device is known by its label where its id has changed', async () => {
    const memory = emptyMemory();
    const setup = await opened({ memory });
    await setup.model.choose('camera', 'c2');
    const renamed = everything.map((device) => ({ ...device, id: `new ${device.id}` }));
    expect((await opened({ memory, plugged: renamed })).open).toEqual(['new m1', 'new c2']);
  });

  test('a device that does not start leaves the former one on, and chosen', async () => {
    const setup = await opened();
    setup.browser.busy.add('c2');
    await setup.model.choose('camera', 'c2');
    expect(setup.open).toEqual(['m1', 'c1']);
    expect(setup.model.inUse('camera')).toBe('c1');
    expect(setup.model.trouble.camera).toBeNull();
    expect(setup.notices).toEqual([
      { what: 'stayed', kind: 'camera', name: 'C920 (046d:082d)', why: 'busy' },
    ]);
  });

  test('with the camera off it is only remembered', async () => {
    const setup = await opened();
    await setup.model.setCamera(false);
    await setup.model.choose('camera', 'c2');
    expect(setup.open).toEqual(['m1', undefined]);
    await setup.model.setCamera(true);
    expect(setup.open).toEqual(['m1', 'c2']);
  });

  test('a phone turns its camera around, one at a time', async () => {
    const sides: Plugged[] = [
      { id: 'f', label: 'camera2 1, facing front', kind: 'videoinput' },
      { id: 'b', label: 'camera2 0, facing back', kind: 'videoinput' },
    ];
    const setup = await opened({ plugged: [...microphones, ...sides], family: 'android' });
    expect(setup.model.canFlip).toBe(true);
    expect(setup.model.mirrored).toBe(true);
    let most = 0;
    setup.model.onSending(() => {
      const running = setup.browser.live.filter(({ kind }) => kind === 'video').length;
      most = Math.max(most, running);
    });
    await setup.model.flipCamera();
    expect(setup.open).toEqual(['m1', 'b']);
    expect(setup.model.mirrored).toBe(false);
    await setup.model.flipCamera();
    expect(setup.open).toEqual(['m1', 'f']);
    expect(most).toBe(1);
  });

  test('sound processing is switched on the microphone in use', async () => {
    const setup = await opened();
    await setup.model.setProcessing({ ...setup.model.processing, noiseSuppression: false });
    const track = setup.model.microphone as unknown as ScriptedTrack;
    expect(track.constraints).toMatchObject({ noiseSuppression: false, echoCancellation: true });
    expect(setup.leaked).toEqual([]);
  });
});

describe('plugging', () => {
  test('the chosen device goes, the next one takes over; it comes back, and is in use', async () => {
    const setup = await opened();
    await setup.model.choose('camera', 'c2');
    await setup.plug(...microphones, ...speakers, ...cameras.slice(0, 1));
    expect(setup.open).toEqual(['m1', 'c1']);
    await setup.plug(...everything);
    expect(setup.open).toEqual(['m1', 'c2']);
    expect(setup.notices).toEqual([
      {
        what: 'replaced',
        kind: 'camera',
        name: 'C920 (046d:082d)',
        by: 'Built-in camera',
      },
      { what: 'back', kind: 'camera', name: 'C920 (046d:082d)' },
    ]);
    expect(setup.leaked).toEqual([]);
  });

  test('the only camera goes and comes back', async () => {
    const setup = await opened();
    await setup.plug(...microphones);
    expect(setup.open).toEqual(['m1', undefined]);
    expect(setup.model.trouble.camera?.trouble).toBe('missing');
    expect(setup.notices.map(({ what }) => what)).toEqual(['lost']);
    await setup.plug(...everything);
    expect(setup.open).toEqual(['m1', 'c1']);
    expect(setup.model.trouble.camera).toBeNull();
  });

  test('a camera that was given up does not come on by itself', async () => {
    const setup = await opened({ plugged: microphones });
    setup.model.settleForWhatThereIs();
    await setup.plug(...everything);
    expect(setup.open).toEqual(['m1', undefined]);
  });

  test('turned off in the moment it is unplugged, the camera is not replaced', async () => {
    const setup = await opened();
    setup.now += 60_000;
    setup.browser.plug([...microphones, ...cameras.slice(1)]);
    await setup.model.setCamera(false);
    await settled();
    expect(setup.open).toEqual(['m1', undefined]);
    expect(setup.browser.live.map(({ kind }) => kind)).toEqual(['audio', 'audio']);
  });

  test('a muted microphone that is replaced stays muted', async () => {
    const setup = await opened();
    await setup.model.setMicrophone(false);
    await setup.plug(...microphones.slice(1), ...cameras);
    expect(setup.open).toEqual(['m2', 'c1']);
    expect(setup.model.microphone?.enabled).toBe(false);
    expect(setup.model.muted).toBe(true);
  });

  test('whoever leaves the choice to the system follows it', async () => {
    const standard = (group: string): Plugged => ({
      id: 'default',
      label: 'Default',
      kind: 'audioinput',
      group,
    });
    const setup = await opened({ plugged: [standard('m1'), ...everything] });
    const former = setup.model.microphone;
    expect(setup.open[0]).toBe('default');
    await setup.plug(standard('m2'), ...everything);
    expect(setup.model.microphone).not.toBe(former);
    expect(setup.notices).toMatchObject([{ what: 'now', kind: 'microphone' }]);
    expect(setup.leaked).toEqual([]);
  });

  test('a loudspeaker goes and comes back', async () => {
    const setup = await opened();
    await setup.model.choose('speaker', 's2');
    await setup.plug(...everything.filter(({ id }) => id !== 's2'));
    expect(setup.model.speaker).toBe('');
    await setup.plug(...everything);
    expect(setup.model.speaker).toBe('s2');
    expect(setup.notices).toEqual([
      { what: 'lost', kind: 'speaker', name: 'Headset' },
      { what: 'back', kind: 'speaker', name: 'Headset' },
    ]);
  });

  test('a device that ends as soon as it opens is not opened for ever', async () => {
    const setup = await opened();
    const asked = setup.browser.asked.length;
    (setup.model.camera as unknown as ScriptedTrack).end();
    await settled();
    expect(setup.browser.asked).toHaveLength(asked);
    expect(setup.model.trouble.camera?.trouble).toBe('failed');
  });
});

describe('muting', () => {
  test('keeps the track, and hears that one speaks', async () => {
    const setup = await opened();
    const track = setup.model.microphone;
    setup.hear(0.8, 400);
    expect(setup.model.speaking).toBe(true);
    await setup.model.setMicrophone(false);
    expect(setup.model.microphone).toBe(track);
    expect(track?.enabled).toBe(false);
    setup.hear(0.8, 200);
    expect([setup.model.speaking, setup.model.speakingWhileMuted]).toEqual([false, false]);
    setup.hear(0.8, 800);
    expect([setup.model.speaking, setup.model.speakingWhileMuted]).toEqual([false, true]);
    await setup.model.setMicrophone(true);
    setup.hear(0.8, 400);
    expect([setup.model.speaking, setup.model.speakingWhileMuted]).toEqual([true, false]);
    setup.hear(0, 1000);
    expect(setup.model.speaking).toBe(false);
  });

  test('is remembered', async () => {
    const memory = emptyMemory();
    const { model } = await opened({ memory });
    await model.setMicrophone(false);
    await model.setCamera(false);
    const later = await opened({ memory });
    expect(later.model.muted).toBe(true);
    expect(later.open).toEqual(['m1', undefined]);
  });
});

describe('the screen', () => {
  test('is shared with its sound, and ended from the browser’s own bar', async () => {
    const setup = await opened();
    setup.browser.picks = 'screen with sound';
    await setup.model.shareScreen(true);
    const { screen, screenAudio } = setup.model;
    expect([screen?.contentHint, screenAudio?.contentHint]).toEqual(['detail', 'music']);
    (screen as unknown as ScriptedTrack).end();
    expect([setup.model.screen, setup.model.screenAudio]).toEqual([null, null]);
    expect(setup.leaked).toEqual([]);
  });

  test('a picker that is closed is no error, and keeps what was shared', async () => {
    const setup = await opened();
    await setup.model.shareScreen(true);
    const shared = setup.model.screen;
    setup.browser.picks = 'nothing';
    await setup.model.shareScreen(true);
    expect(setup.model.screen).toBe(shared);
    expect(setup.model.trouble.screen).toBeNull();
    expect(setup.model.asking.screen).toBe(false);
    setup.browser.picks = 'forbidden by system';
    await setup.model.shareScreen(true);
    expect(setup.model.trouble.screen).toMatchObject({ trouble: 'refused', bySystem: true });
    setup.model.release();
    expect(setup.browser.live).toEqual([]);
  });
});

test('devices stay open while the call or the settings use them', async () => {
  const setup = await opened();
  await setup.model.openAll('settings');
  setup.model.release('settings');
  expect(setup.open).toEqual(['m1', 'c1']);
  setup.model.release('call');
  expect(setup.browser.live).toEqual([]);
  expect(setup.ears.size).toBe(0);
});

test('whatever a person does, and in whatever order browsers answer, nothing stays open unseen', async () => {
  const one = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
  const deeds = fc.oneof(
    { weight: 3, arbitrary: fc.constant(['wait'] as const) },
    { weight: 3, arbitrary: fc.tuple(fc.constant('camera' as const), fc.boolean()) },
    fc.tuple(fc.constant('microphone' as const), fc.boolean()),
    fc.tuple(fc.constant('choose' as const), one([...microphones, ...cameras])),
    fc.tuple(
      fc.constant('plug' as const),
      fc.subarray([...microphones, ...cameras]),
      fc.constantFrom(100, 60_000),
    ),
    fc.tuple(fc.constant('busy' as const), one(cameras)),
    fc.tuple(fc.constant('deny' as const), one(['microphone', 'camera'] as const)),
    fc.tuple(fc.constant('share' as const), fc.boolean()),
    fc.tuple(fc.constant('pick' as const), one(['screen with sound', 'nothing'] as const)),
    fc.tuple(fc.constant('open' as const), one(['call', 'settings'] as const)),
    fc.tuple(fc.constant('release' as const), one(['call', 'settings'] as const)),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(deeds, { minLength: 1, maxLength: 25 }),
      one(['chromium', 'android'] as const),
      async (scheduler, script, family) => {
        const setup = new Setup({
          family,
          plugged: [...microphones, ...cameras],
          pause: (label) => scheduler.schedule(Promise.resolve(), label),
        });
        const { model, browser } = setup;
        let cameraOff = false;
        const doing: Promise<void>[] = [];
        for (const deed of script) {
          switch (deed[0]) {
            case 'wait':
              if (scheduler.count() > 0) await scheduler.waitOne();
              break;
            case 'camera':
              cameraOff = !deed[1];
              doing.push(model.setCamera(deed[1]));
              break;
            case 'microphone':
              doing.push(model.setMicrophone(deed[1]));
              break;
            case 'choose':
              doing.push(
                model.choose(deed[1].kind === 'audioinput' ? 'microphone' : 'camera', deed[1].id),
              );
              break;
            case 'plug':
              setup.now += deed[2];
              browser.plug(deed[1]);
              break;
            case 'busy':
              if (!browser.busy.delete(deed[1].id)) browser.busy.add(deed[1].id);
              break;
            case 'deny':
              if (!browser.denied.delete(deed[1])) browser.denied.add(deed[1]);
              break;
            case 'share':
              doing.push(model.shareScreen(deed[1]));
              break;
            case 'pick':
              browser.picks = deed[1];
              break;
            case 'open':
              doing.push(model.openAll(deed[1]));
              break;
            case 'release':
              model.release(deed[1]);
              break;
            default:
              deed satisfies never;
          }
          // Off is off at once, whatever still opens.
          if (cameraOff) expect(model.camera).toBeNull();
        }
        await quiet(scheduler);
        await Promise.all(doing);
        await quiet(scheduler);
        expect(setup.leaked).toEqual([]);
        expect(Object.values(model.asking)).toEqual([false, false, false]);
        for (const track of Object.values(model.sending())) {
          expect(track?.readyState ?? 'live').toBe('live');
        }
        if (model.microphone) expect(model.microphone.enabled).toBe(!model.muted);
        if (cameraOff) expect(model.camera).toBeNull();

        // Whatever was before, what one wants now is what one gets.
        browser.busy.clear();
        browser.denied.clear();
        setup.now += 60_000;
        browser.plug(everything);
        await quiet(scheduler);
        const last = [model.setCamera(true), model.choose('camera', 'c1')];
        last.push(model.choose('camera', 'c2'));
        await quiet(scheduler);
        await Promise.all(last);
        expect(model.camera?.getSettings().deviceId).toBe('c2');
        expect(setup.leaked).toEqual([]);

        model.release('settings');
        model.release('call');
        await quiet(scheduler);
        expect(browser.live).toEqual([]);
        expect(setup.ears.size).toBe(0);
      },
    ),
    { numRuns: 1500 },
  );
}, 60_000);

/** Until no question is open any more. */
async function quiet(scheduler: fc.Scheduler): Promise<void> {
  await settled();
  while (scheduler.count() > 0) {
    await scheduler.waitOne();
    await settled();
  }
}

async function opened(parts: ConstructorParameters<typeof Setup>[0] = {}): Promise<Setup> {
  const setup = new Setup(parts);
  await setup.model.openAll();
  return setup;
}
