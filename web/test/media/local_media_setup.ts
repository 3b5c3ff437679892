import type { Family } from '../../src/media/browser_family';
import { Devices } from '../../src/media/devices';
import { Choices, type Memory } from '../../src/media/remembered';
import type { DeviceNotice } from '../../src/state/call/device_words';
import { LocalMediaModel } from '../../src/state/call/local_media.svelte';
import {
  emptyMemory,
  everything,
  ScriptedDevices,
  type Pause,
  type Plugged,
  type ScriptedTrack,
} from './scripted_devices';

/** The model of one's own devices on a scripted browser, and what it said. */
export class LocalMediaSetup {
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
export const settled = (): Promise<void> => new Promise((done) => setImmediate(done));

/** One whose devices are on. */
export async function opened(
  parts: ConstructorParameters<typeof LocalMediaSetup>[0] = {},
): Promise<LocalMediaSetup> {
  const setup = new LocalMediaSetup(parts);
  await setup.model.openAll();
  return setup;
}
