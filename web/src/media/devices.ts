import {
  cameraConstraints,
  microphoneConstraints,
  screenOptions,
  type Facing,
  type Wanted,
} from './constraints';
import { find, hidesWhich, listed, noDevices, type Device, type DeviceLists } from './device_list';
import type { Choices, Remembered } from './remembered';
import { DeviceTrouble, troubleOf, type Kind } from './trouble';

export type { Device, DeviceLists } from './device_list';
export { DeviceTrouble, type Kind, type Trouble } from './trouble';

/** `navigator.mediaDevices`, as much of it as is needed; tests script one. */
export interface BrowserDevices {
  enumerateDevices(): Promise<MediaDeviceInfo[]>;
  getUserMedia(constraints: MediaStreamConstraints): Promise<MediaStream>;
  getDisplayMedia?(options: DisplayMediaStreamOptions): Promise<MediaStream>;
  addEventListener(type: 'devicechange', listener: () => void): void;
  removeEventListener(type: 'devicechange', listener: () => void): void;
}

/** What devices stand on. */
export interface DevicesGround {
  /** Missing on a page that came over plain http, and in browsers without them. */
  readonly browser: BrowserDevices | undefined;
  readonly secure: boolean;
  readonly choices: Choices;
  /** `granted`, `denied`, `prompt`, or `null` where the browser does not tell. */
  permission(kind: 'microphone' | 'camera'): Promise<PermissionState | null>;
}

export interface Screen {
  readonly screen: MediaStreamTrack;
  readonly audio: MediaStreamTrack | null;
}

/** A track that opened, or why it did not. */
export type Opened = MediaStreamTrack | DeviceTrouble;

/**
 * The devices of this machine: which there are, which are chosen, and opening them.
 *
 * Whoever opens a track owns it and stops it. Everything here that fails throws `DeviceTrouble`.
 */
export class Devices {
  readonly #ground: DevicesGround;
  readonly #listeners = new Set<(lists: DeviceLists) => void>();
  readonly #onDeviceChange = (): void => {
    void this.refresh();
  };
  #lists = noDevices;
  #reading: Promise<void> | null = null;
  #isStale = false;
  #isClosed = false;

  constructor(ground: DevicesGround) {
    this.#ground = ground;
    ground.browser?.addEventListener('devicechange', this.#onDeviceChange);
  }

  get canShareScreen(): boolean {
    return this.#ground.browser?.getDisplayMedia !== undefined;
  }

  /** Why no device can be opened on this page at all. */
  get obstacle(): 'insecure' | 'unsupported' | null {
    if (this.#ground.browser !== undefined) return null;
    return this.#ground.secure ? 'unsupported' : 'insecure';
  }

  get lists(): DeviceLists {
    return this.#lists;
  }

  list(kind: Kind): readonly Device[] {
    return this.#lists[kind];
  }

  /** The id of the chosen device where it is there, else `null`: the system's choice. */
  chosen(kind: Kind): string | null {
    return find(this.#lists[kind], this.#ground.choices.device(kind))?.id ?? null;
  }

  /** What the person chose, there or not. */
  remembered(kind: Kind): Remembered | null {
    return this.#ground.choices.device(kind);
  }

  choose(kind: Kind, id: string | null): void {
    const device = id === null ? undefined : this.#lists[kind].find((known) => known.id === id);
    this.#ground.choices.choose(kind, device ?? null);
  }

  async openMicrophone(): Promise<MediaStreamTrack> {
    return opened(
      await this.#open('microphone', (wanted) =>
        microphoneConstraints(wanted, this.#ground.choices.processing),
      ),
    );
  }

  /** `facing` overrides the chosen camera: a phone turned around. */
  async openCamera(facing: Facing | null = null): Promise<MediaStreamTrack> {
    return opened(await this.#open('camera', (wanted) => cameraConstraints(wanted, facing)));
  }

  /** Both with one question to the person. Where one of them fails the other still opens. */
  async openBoth(): Promise<{ readonly microphone: Opened; readonly camera: Opened }> {
    const { browser, choices } = this.#ground;
    if (browser !== undefined) {
      try {
        const stream = await browser.getUserMedia({
          audio: microphoneConstraints(this.#wanted('microphone'), choices.processing),
          video: cameraConstraints(this.#wanted('camera'), null),
        });
        await this.refresh();
        return {
          microphone: theOnly('microphone', stream.getAudioTracks()),
          camera: theOnly('camera', stream.getVideoTracks()),
        };
      } catch (error) {
        if (troubleOf('camera', error).trouble === 'refused') return this.#openGranted(error);
      }
    }
    return {
      microphone: await this.#open('microphone', (wanted) =>
        microphoneConstraints(wanted, choices.processing),
      ),
      camera: await this.#open('camera', (wanted) => cameraConstraints(wanted, null)),
    };
  }

  /** `null` where the person closed the picker. */
  async openScreen(): Promise<Screen | null> {
    const { browser } = this.#ground;
    if (!browser?.getDisplayMedia) {
      throw new DeviceTrouble('screen', this.obstacle ?? 'unsupported');
    }
    try {
      const stream = await browser.getDisplayMedia(screenOptions);
      const screen = stream.getVideoTracks()[0];
      const audio = stream.getAudioTracks()[0] ?? null;
      if (screen === undefined) {
        audio?.stop();
        throw new DeviceTrouble('screen', 'failed');
      }
      screen.contentHint = 'detail';
      if (audio) audio.contentHint = 'music';
      return { screen, audio };
    } catch (error) {
      const trouble = troubleOf('screen', error);
      if (trouble.trouble === 'refused' && !trouble.bySystem) return null;
      throw trouble;
    }
  }

  /** Reads the lists anew and tells; of several calls at once the last one's answer counts. */
  refresh(): Promise<void> {
    this.#isStale = true;
    this.#reading ??= this.#read().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  /** The answer stops the telling. */
  onChange(listener: (lists: DeviceLists) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  close(): void {
    this.#isClosed = true;
    this.#listeners.clear();
    this.#ground.browser?.removeEventListener('devicechange', this.#onDeviceChange);
  }

  async #read(): Promise<void> {
    while (this.#isStale && !this.#isClosed) {
      this.#isStale = false;
      let found: MediaDeviceInfo[];
      try {
        found = (await this.#ground.browser?.enumerateDevices()) ?? [];
      } catch {
        // A page that is being left; the former lists stand.
        return;
      }
      if (this.#isStale) continue;
      this.#lists = listed(found);
      for (const listener of [...this.#listeners]) listener(this.#lists);
    }
  }

  #wanted(kind: 'microphone' | 'camera'): Wanted {
    const remembered = this.#ground.choices.device(kind);
    if (remembered === null) return null;
    const found = find(this.#lists[kind], remembered);
    if (found !== null) return { exact: found.id };
    return hidesWhich(this.#lists[kind]) ? { ideal: remembered.id } : null;
  }

  async #open(
    kind: 'microphone' | 'camera',
    constraints: (wanted: Wanted) => MediaTrackConstraints,
  ): Promise<Opened> {
    const { browser } = this.#ground;
    if (browser === undefined) return new DeviceTrouble(kind, this.obstacle ?? 'unsupported');
    const ask = async (wanted: Wanted): Promise<Opened> => {
      const asked = constraints(wanted);
      const stream = await browser.getUserMedia(
        kind === 'microphone' ? { audio: asked } : { video: asked },
      );
      return theOnly(kind, stream.getTracks());
    };
    try {
      const wanted = this.#wanted(kind);
      try {
        return await ask(wanted);
      } catch (error) {
        // Unplugged between the list and the question.
        if (wanted === null || troubleOf(kind, error).trouble !== 'missing') throw error;
        return await ask(null);
      }
    } catch (error) {
      return troubleOf(kind, error);
    } finally {
      // Labels are told from the first permission on.
      await this.refresh();
    }
  }

  /**
   * After a joint refusal: opens what is allowed, and asks nobody again. A browser that does not
   * tell permissions refuses both.
   */
  async #openGranted(
    refusal: unknown,
  ): Promise<{ readonly microphone: Opened; readonly camera: Opened }> {
    const choices = this.#ground.choices;
    const one = async (
      kind: 'microphone' | 'camera',
      constraints: (wanted: Wanted) => MediaTrackConstraints,
    ): Promise<Opened> => {
      if ((await this.#ground.permission(kind)) !== 'granted') return troubleOf(kind, refusal);
      return this.#open(kind, constraints);
    };
    return {
      microphone: await one('microphone', (wanted) =>
        microphoneConstraints(wanted, choices.processing),
      ),
      camera: await one('camera', (wanted) => cameraConstraints(wanted, null)),
    };
  }
}

/** Takes the track, and stops whatever came beside it. */
function theOnly(kind: 'microphone' | 'camera', tracks: readonly MediaStreamTrack[]): Opened {
  const [track, ...others] = tracks;
  for (const other of others) other.stop();
  if (track === undefined) return new DeviceTrouble(kind, 'failed');
  track.contentHint = kind === 'microphone' ? 'speech' : 'motion';
  return track;
}

function opened(result: Opened): MediaStreamTrack {
  if (result instanceof DeviceTrouble) throw result;
  return result;
}
