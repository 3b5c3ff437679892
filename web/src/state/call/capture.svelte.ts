import type { DeviceLists, Devices } from '../../media/devices';
import { Holding } from '../../media/holding';
import { deedOf } from '../../media/hot_plug';
import { troubleOf, type DeviceTrouble } from '../../media/trouble';
import type { DeviceChoices } from './device_choices.svelte';
import type { DeviceNotice } from './device_words';

/** A device that ends sooner than this after it opened would end again. */
const FLICKER_MS = 1000;

export interface CaptureParts {
  readonly devices: Devices;
  readonly choices: DeviceChoices;
  /** Another device of the kind opens only when the former is closed: cameras of phones. */
  readonly oneAtATime: boolean;
  readonly now: () => number;
  readonly say: (notice: DeviceNotice) => void;
  readonly changed: (track: MediaStreamTrack | null) => void;
}

/** The microphone or the camera: open or not, asked for, in trouble, plugged and unplugged. */
export class CaptureModel {
  #track = $state.raw<MediaStreamTrack | null>(null);
  #asking = $state(false);
  #trouble = $state.raw<DeviceTrouble | null>(null);
  readonly #kind: 'microphone' | 'camera';
  readonly #parts: CaptureParts;
  readonly #holding: Holding<MediaStreamTrack, DeviceTrouble>;
  #isWanted = false;
  #openedAt = 0;

  constructor(kind: 'microphone' | 'camera', parts: CaptureParts) {
    this.#kind = kind;
    this.#parts = parts;
    this.#holding = new Holding({
      close: (track) => {
        track.stop();
      },
      changed: (track) => {
        this.#took(track);
      },
      worded: (error) => troubleOf(kind, error),
    });
  }

  get track(): MediaStreamTrack | null {
    return this.#track;
  }

  get asking(): boolean {
    return this.#asking;
  }

  get trouble(): DeviceTrouble | null {
    return this.#trouble;
  }

  /** The id of the open device; `null` where none is. */
  get device(): string | null {
    return this.#track === null ? null : (this.#track.getSettings().deviceId ?? '');
  }

  get isClosed(): boolean {
    return this.#track === null && !this.#holding.isOpening;
  }

  /** Nothing is left of earlier wishes either. */
  get isIdle(): boolean {
    return this.#holding.isIdle;
  }

  /** Opens what is chosen, in place of what is open; answers why it did not. */
  async want(open?: () => Promise<MediaStreamTrack>): Promise<DeviceTrouble | null> {
    const { devices, oneAtATime } = this.#parts;
    this.#isWanted = this.#asking = true;
    if (oneAtATime) this.#holding.drop();
    const standard = (): Promise<MediaStreamTrack> =>
      this.#kind === 'microphone' ? devices.openMicrophone() : devices.openCamera();
    const outcome = await this.#holding.want(open ?? standard);
    if (outcome.is === 'superseded') return null;
    this.#asking = false;
    const trouble = outcome.is === 'failed' ? outcome.error : null;
    // A switch that failed leaves the former device open; whoever switched says so.
    this.#trouble = this.#track === null ? trouble : null;
    return trouble;
  }

  /**
   * Closes and opens anew: while a microphone is open, Chromium gives it again with the same
   * processing, whatever is asked for.
   */
  async reopen(): Promise<void> {
    if (this.#track === null) return;
    this.#holding.drop();
    await this.want();
  }

  drop(): void {
    this.#isWanted = this.#asking = false;
    this.#trouble = null;
    this.#holding.drop();
  }

  /** Uses this device from now on, at once where one is open or was asked for. */
  async choose(id: string | null): Promise<void> {
    const { choices, say } = this.#parts;
    const former = this.device ?? choices.chosen(this.#kind);
    const name = choices.labelOf(this.#kind, id);
    choices.choose(this.#kind, id);
    if (!this.#isWanted) return;
    const trouble = await this.want();
    if (trouble === null || this.#track === null) return;
    say({ what: 'stayed', kind: this.#kind, name, why: trouble.trouble });
    choices.choose(this.#kind, former);
  }

  /** The page may use the device now. */
  permitted(): void {
    if (this.#isWanted && this.#trouble?.trouble === 'refused') void this.want();
  }

  /** The list of devices has changed. */
  async plugged(before: DeviceLists, after: DeviceLists): Promise<void> {
    // What opens now was chosen from a list that is as new.
    if (this.#holding.isOpening) return;
    const track = this.#track;
    const deed = deedOf(before[this.#kind], after[this.#kind], {
      open: this.device,
      chosen: this.#parts.devices.remembered(this.#kind),
      isMissing: this.#isWanted && this.#trouble?.trouble === 'missing',
    });
    if (deed === 'nothing') return;
    if (deed === 'lost') {
      if (track !== null) await this.#lost(track, before);
      return;
    }
    if ((await this.want()) !== null || this.#track === null) return;
    this.#parts.say({ what: deed === 'back' ? 'back' : 'now', kind: this.#kind, name: this.#name });
  }

  get #name(): string {
    return this.#parts.choices.labelOf(this.#kind, this.device) || (this.#track?.label ?? '');
  }

  #took(track: MediaStreamTrack | null): void {
    this.#track = track;
    if (track !== null) {
      this.#openedAt = this.#parts.now();
      // Not told when we stop it ourselves: unplugged, or forbidden in the browser's bar.
      track.addEventListener('ended', () => void this.#lost(track));
      if (track.readyState === 'ended') queueMicrotask(() => void this.#lost(track));
    }
    this.#parts.changed(track);
  }

  async #lost(track: MediaStreamTrack, lists?: DeviceLists): Promise<void> {
    if (this.#holding.held !== track) return;
    const { devices, choices, now, say } = this.#parts;
    const kind = this.#kind;
    const id = track.getSettings().deviceId ?? '';
    const name = choices.labelOf(kind, id, lists) || track.label;
    const flickers = now() - this.#openedAt < FLICKER_MS;
    this.#holding.drop();
    if (flickers) {
      this.#asking = false;
      this.#trouble = troubleOf(kind, null);
      return;
    }
    await devices.refresh();
    if (!this.#isWanted || !this.isClosed) return;
    const trouble = await this.want();
    if (trouble !== null) {
      say({ what: trouble.trouble === 'missing' ? 'lost' : 'stopped', kind, name });
    } else if (this.#track !== null) {
      say({ what: 'replaced', kind, name, by: this.#name });
    }
  }
}
