import { describe, expect, test } from 'vitest';
import { LocalMediaSetup, opened } from '../../../test/media/local_media_setup';
import {
  cameras,
  emptyMemory,
  everything,
  microphones,
  type Plugged,
  type ScriptedTrack,
} from '../../../test/media/scripted_devices';
import { Devices } from '../../media/devices';
import { Choices } from '../../media/remembered';

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
    const setup = new LocalMediaSetup();
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
    const setup = new LocalMediaSetup();
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
    const trouble = await setup.model.shareScreen(true);
    expect(trouble).toMatchObject({ trouble: 'refused', bySystem: true });
    expect(setup.model.trouble.screen).toBe(trouble);
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
