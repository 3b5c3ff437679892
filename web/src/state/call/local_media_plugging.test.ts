import { describe, expect, test } from 'vitest';
import { opened, settled } from '../../../test/media/local_media_setup';
import {
  cameras,
  everything,
  microphones,
  speakers,
  type Plugged,
  type ScriptedTrack,
} from '../../../test/media/scripted_devices';

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
