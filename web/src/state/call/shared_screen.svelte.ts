import type { Devices, Screen } from '../../media/devices';
import { Holding } from '../../media/holding';
import { DeviceTrouble, troubleOf } from '../../media/trouble';

/** Thrown in place of a screen where the person closed the picker. */
const cancelled = new DeviceTrouble('screen', 'refused');

/** The screen, window or tab that one shows, and its sound where the browser gives it. */
export class SharedScreen {
  #video = $state.raw<MediaStreamTrack | null>(null);
  #audio = $state.raw<MediaStreamTrack | null>(null);
  #asking = $state(false);
  #trouble = $state.raw<DeviceTrouble | null>(null);
  readonly #devices: Devices;
  readonly #changed: () => void;
  readonly #holding: Holding<Screen, DeviceTrouble>;

  constructor(devices: Devices, changed: () => void) {
    this.#devices = devices;
    this.#changed = changed;
    this.#holding = new Holding({
      close: ({ screen, audio }) => {
        screen.stop();
        audio?.stop();
      },
      changed: (shared) => {
        this.#took(shared);
      },
      worded: (error) => troubleOf('screen', error),
    });
  }

  get video(): MediaStreamTrack | null {
    return this.#video;
  }

  get audio(): MediaStreamTrack | null {
    return this.#audio;
  }

  get asking(): boolean {
    return this.#asking;
  }

  get trouble(): DeviceTrouble | null {
    return this.#trouble;
  }

  /** Lets the person pick; a picker that is closed changes nothing. Answers what went wrong. */
  async share(): Promise<DeviceTrouble | null> {
    this.#asking = true;
    this.#trouble = null;
    const outcome = await this.#holding.want(async () => {
      const shared = await this.#devices.openScreen();
      if (shared === null) throw cancelled;
      return shared;
    });
    if (outcome.is === 'superseded') return null;
    this.#asking = false;
    if (outcome.is === 'failed' && outcome.error !== cancelled) this.#trouble = outcome.error;
    return this.#trouble;
  }

  stop(): void {
    this.#asking = false;
    this.#trouble = null;
    this.#holding.drop();
  }

  #took(shared: Screen | null): void {
    this.#video = shared?.screen ?? null;
    this.#audio = shared?.audio ?? null;
    // "Stop sharing" in the browser's own bar, or the window that was shared is closed.
    shared?.screen.addEventListener('ended', () => {
      if (this.#holding.held === shared) this.stop();
    });
    shared?.audio?.addEventListener('ended', () => {
      if (this.#holding.held !== shared) return;
      this.#audio = null;
      this.#changed();
    });
    this.#changed();
  }
}
