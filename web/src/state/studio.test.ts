import { beforeEach, describe, expect, test } from 'vitest';
import type { Screen } from '../media/devices';
import { StudioModel, type StudioDevices, type StudioRecorder } from './studio.svelte';

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

class Track extends EventTarget {
  readyState: MediaStreamTrackState = 'live';
  stop(): void {
    this.readyState = 'ended';
  }
}

/** A person is asked before a device opens, and answers when the test lets them. */
class AskedDevices implements StudioDevices {
  readonly canShareScreen = true;
  readonly opened: Track[] = [];
  #answers: (() => void)[] = [];

  openCamera(): Promise<MediaStreamTrack> {
    return this.#ask(() => this.#track());
  }
  openMicrophone(): Promise<MediaStreamTrack> {
    return this.#ask(() => this.#track());
  }
  openScreen(): Promise<Screen | null> {
    return this.#ask(() => ({ screen: this.#track(), audio: this.#track() }));
  }

  get live(): number {
    return this.opened.filter(({ readyState }) => readyState === 'live').length;
  }

  async answer(): Promise<void> {
    for (const answer of this.#answers) answer();
    this.#answers = [];
    await settled();
  }

  #ask<T>(answered: () => T): Promise<T> {
    return new Promise((resolve) => {
      this.#answers.push(() => {
        resolve(answered());
      });
    });
  }

  #track(): MediaStreamTrack {
    const track = new Track();
    this.opened.push(track);
    return track as unknown as MediaStreamTrack;
  }
}

describe('the studio', () => {
  let devices: AskedDevices;
  let studio: StudioModel;

  beforeEach(() => {
    devices = new AskedDevices();
    const recorder: StudioRecorder = {
      of: null,
      start: () => Promise.resolve(),
      stop: () => Promise.resolve(),
      stopped: () => Promise.resolve(),
      mix: () => ({ close: () => undefined }) as ReturnType<StudioRecorder['mix']>,
    };
    studio = new StudioModel(devices, recorder, () => ({ id: 'ann', name: 'Ann' }));
    studio.watch();
  });

  test('opens what is asked for, a screen with its sound', async () => {
    const opening = studio.switch('screen', true);
    expect(studio.isAsking('screen')).toBe(true);
    await devices.answer();
    await opening;
    expect([studio.isOn('screen'), studio.isAsking('screen'), devices.live]).toEqual([
      true,
      false,
      2,
    ]);
    await studio.switch('screen', false);
    expect(devices.live).toBe(0);
  });

  test.each(['screen', 'camera', 'microphone'] as const)(
    'closes a %s that opens after its page was left, or its person signed out',
    async (instrument) => {
      for (const goes of [
        () => studio.unwatch(),
        async () => {
          studio.close();
        },
      ]) {
        const opening = studio.switch(instrument, true);
        const gone = goes();
        expect(studio.isAsking(instrument)).toBe(false);
        await devices.answer();
        await Promise.all([opening, gone]);
        expect([studio.isOn(instrument), devices.live]).toEqual([false, 0]);
        studio.watch();
      }
      expect(devices.opened.length).toBeGreaterThan(0);
    },
  );

  test('is asked anew by whoever comes back before the answer', async () => {
    const former = studio.switch('camera', true);
    await studio.unwatch();
    studio.watch();
    const later = studio.switch('camera', true);
    await devices.answer();
    await Promise.all([former, later]);
    expect([studio.isOn('camera'), devices.opened.length, devices.live]).toEqual([true, 2, 1]);
  });
});
