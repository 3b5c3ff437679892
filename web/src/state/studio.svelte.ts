import type { Devices } from '../media/devices';
import type { Mixer } from '../media/recording/mixer';
import type { RecorderPerson, RecorderSources } from '../media/recording/sources';
import { troubleOf, type DeviceTrouble } from '../media/trouble';
import type { RecorderModel } from './call/recorder.svelte';

export type { Trouble } from '../media/trouble';

/** What may be recorded without a call. */
export type Instrument = 'screen' | 'camera' | 'microphone';
const instruments = ['screen', 'camera', 'microphone'] as const;

/** What opened: a screen may have a sound. */
interface Opened {
  readonly track: MediaStreamTrack;
  readonly sound: MediaStreamTrack | null;
}

/** What the studio takes of devices, and of the recorder. */
export type StudioDevices = Pick<
  Devices,
  'canShareScreen' | 'openCamera' | 'openMicrophone' | 'openScreen'
>;
export type StudioRecorder = Pick<RecorderModel, 'of' | 'start' | 'stop' | 'stopped' | 'mix'>;

/**
 * Recording by oneself: a screen, a camera, a microphone in any mix, seen before and while it is
 * recorded. Each can be switched at any time; the file goes on.
 */
export class StudioModel implements RecorderSources {
  #tracks = $state.raw<Readonly<Record<Instrument, MediaStreamTrack | null>>>({
    screen: null,
    camera: null,
    microphone: null,
  });
  #screenSound: MediaStreamTrack | null = null;
  #asking = $state.raw<ReadonlySet<Instrument>>(new Set());
  #trouble = $state.raw<DeviceTrouble | null>(null);
  #mixer = $state.raw<Mixer | null>(null);
  /** A page shows the preview. */
  #watched = false;
  /** Raised where all is closed: what was asked for before is not wanted when it opens. */
  #turn = 0;
  readonly #devices: StudioDevices;
  readonly #recorder: StudioRecorder;
  readonly #me: () => { readonly id: string; readonly name: string };
  readonly #listeners = new Set<() => void>();

  constructor(
    devices: StudioDevices,
    recorder: StudioRecorder,
    me: () => { readonly id: string; readonly name: string },
  ) {
    this.#devices = devices;
    this.#recorder = recorder;
    this.#me = me;
  }

  get canShareScreen(): boolean {
    return this.#devices.canShareScreen;
  }

  get trouble(): DeviceTrouble | null {
    return this.#trouble;
  }

  /** What the recording will look and sound like; null while nothing is on. */
  get preview(): MediaStream | null {
    return this.#mixer?.stream ?? null;
  }

  isOn(instrument: Instrument): boolean {
    return this.#tracks[instrument] !== null;
  }

  isAsking(instrument: Instrument): boolean {
    return this.#asking.has(instrument);
  }

  people(): readonly RecorderPerson[] {
    const { screen, camera, microphone } = this.#tracks;
    const me = this.#me();
    return [
      {
        ...me,
        self: true,
        video: camera,
        audio: microphone,
        screen,
        screenAudio: this.#screenSound,
      },
    ];
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  watch(): void {
    this.#watched = true;
  }

  /** The page is left: what nobody sees and nothing records is closed. */
  async unwatch(): Promise<void> {
    this.#watched = false;
    this.#giveUp();
    if (this.#recorder.of === 'alone') await this.#recorder.stopped();
    if (!this.#watched) this.close();
  }

  async switch(instrument: Instrument, on: boolean): Promise<void> {
    if (this.isAsking(instrument)) return;
    if (!on) {
      this.#put(instrument, null);
      return;
    }
    this.#trouble = null;
    this.#asking = new Set([...this.#asking, instrument]);
    const turn = this.#turn;
    try {
      const opened = await this.#open(instrument);
      if (opened === null) return;
      if (turn !== this.#turn) {
        opened.track.stop();
        opened.sound?.stop();
        return;
      }
      opened.track.addEventListener('ended', () => {
        if (this.#tracks[instrument] === opened.track) this.#ended(instrument);
      });
      this.#put(instrument, opened.track, opened.sound);
    } catch (error) {
      if (turn === this.#turn) this.#trouble = troubleOf(instrument, error);
    } finally {
      if (turn === this.#turn) {
        this.#asking = new Set([...this.#asking].filter((asked) => asked !== instrument));
      }
    }
  }

  async record(): Promise<void> {
    const mixer = this.#mixer;
    if (mixer === null) return;
    await this.#recorder.start({
      of: 'alone',
      sources: this,
      portion: 'everyone',
      title: null,
      mixer,
    });
    await this.#recorder.stopped();
    this.#settle();
  }

  close(): void {
    this.#giveUp();
    for (const instrument of instruments) this.#put(instrument, null);
    this.#trouble = null;
  }

  #giveUp(): void {
    this.#turn += 1;
    this.#asking = new Set();
  }

  async #open(instrument: Instrument): Promise<Opened | null> {
    switch (instrument) {
      case 'camera':
        return { track: await this.#devices.openCamera(), sound: null };
      case 'microphone':
        return { track: await this.#devices.openMicrophone(), sound: null };
      case 'screen': {
        const shared = await this.#devices.openScreen();
        return shared === null ? null : { track: shared.screen, sound: shared.audio };
      }
      default:
        return instrument satisfies never;
    }
  }

  #put(
    instrument: Instrument,
    track: MediaStreamTrack | null,
    sound: MediaStreamTrack | null = null,
  ): void {
    this.#tracks[instrument]?.stop();
    if (instrument === 'screen') {
      this.#screenSound?.stop();
      this.#screenSound = sound;
    }
    this.#tracks = { ...this.#tracks, [instrument]: track };
    this.#settle();
    for (const listener of this.#listeners) listener();
  }

  /** Unplugged, or stopped from the browser's own bar: the last picture's end is the recording's. */
  #ended(instrument: Instrument): void {
    this.#put(instrument, null);
    const { screen, camera } = this.#tracks;
    if (this.#recorder.of === 'alone' && screen === null && camera === null) {
      void this.#recorder.stop();
    }
  }

  /** The mixer lives as long as something is on, or recorded. */
  #settle(): void {
    const anything = instruments.some((one) => this.#tracks[one] !== null);
    if (anything) {
      this.#mixer ??= this.#recorder.mix(this, 'everyone');
    } else if (this.#recorder.of !== 'alone') {
      this.#mixer?.close();
      this.#mixer = null;
    }
  }
}
