import type { BrowserDevices } from '../../src/media/devices';

/** Waits for a moment that the test chooses. */
export type Pause = (label: string) => Promise<void>;

export interface Plugged {
  readonly id: string;
  readonly label: string;
  readonly kind: MediaDeviceKind;
  readonly group?: string;
}

/** A track that knows whether somebody stopped it. */
export class ScriptedTrack extends EventTarget {
  readyState: MediaStreamTrackState = 'live';
  enabled = true;
  contentHint = '';
  readonly id: string;
  readonly kind: 'audio' | 'video';
  readonly label: string;
  readonly constraints: MediaTrackConstraints;
  readonly #device: string;
  readonly #all: Set<ScriptedTrack>;

  constructor(
    all: Set<ScriptedTrack>,
    kind: 'audio' | 'video',
    device: string,
    label: string,
    constraints: MediaTrackConstraints = {},
  ) {
    super();
    this.#all = all;
    this.kind = kind;
    this.#device = device;
    this.label = label;
    this.constraints = constraints;
    this.id = `${device} ${String(all.size)}`;
    all.add(this);
  }

  getSettings(): MediaTrackSettings {
    const facing = /facing (front|back)/.exec(this.label)?.[1];
    return {
      deviceId: this.#device,
      ...(facing && { facingMode: facing === 'front' ? 'user' : 'environment' }),
    };
  }

  clone(): ScriptedTrack {
    const copy = new ScriptedTrack(
      this.#all,
      this.kind,
      this.#device,
      this.label,
      this.constraints,
    );
    copy.enabled = this.enabled;
    copy.readyState = this.readyState;
    return copy;
  }

  /** As the page does it: no event. */
  stop(): void {
    this.readyState = 'ended';
  }

  /** As the browser does it: the device is gone. */
  end(): void {
    if (this.readyState === 'ended') return;
    this.readyState = 'ended';
    this.dispatchEvent(new Event('ended'));
  }
}

/** `navigator.mediaDevices` with devices that a test plugs, unplugs, occupies and forbids. */
export class ScriptedDevices extends EventTarget implements BrowserDevices {
  readonly tracks = new Set<ScriptedTrack>();
  readonly asked: MediaStreamConstraints[] = [];
  readonly busy = new Set<string>();
  readonly denied = new Set<'microphone' | 'camera'>();
  /** Before the first permission a browser tells how many devices there are, and no more. */
  hidden = false;
  /** What the person does with the next picker. */
  picks: 'screen' | 'screen with sound' | 'nothing' | 'forbidden by system' = 'screen';
  plugged: readonly Plugged[];
  readonly #pause: Pause;

  constructor(plugged: readonly Plugged[], pause: Pause = () => Promise.resolve()) {
    super();
    this.plugged = plugged;
    this.#pause = pause;
  }

  get live(): ScriptedTrack[] {
    return [...this.tracks].filter((track) => track.readyState === 'live');
  }

  /** The list changes; tracks of devices that went end. */
  plug(plugged: readonly Plugged[]): void {
    this.plugged = plugged;
    for (const track of this.live) {
      const id = track.getSettings().deviceId;
      if (id !== 'a screen' && !plugged.some((device) => device.id === id)) track.end();
    }
    this.dispatchEvent(new Event('devicechange'));
  }

  async enumerateDevices(): Promise<MediaDeviceInfo[]> {
    await this.#pause('enumerate');
    const seen = new Set<MediaDeviceKind>();
    return this.plugged
      .filter(({ kind }) => !this.hidden || (!seen.has(kind) && seen.add(kind)))
      .map(({ id, label, kind, group }) => ({
        deviceId: this.hidden ? '' : id,
        label: this.hidden ? '' : label,
        groupId: this.hidden ? '' : (group ?? id),
        kind,
        toJSON: () => null,
      }));
  }

  async getUserMedia(constraints: MediaStreamConstraints): Promise<MediaStream> {
    this.asked.push(constraints);
    await this.#pause('getUserMedia');
    const wanted = [
      ['microphone', 'audioinput', constraints.audio],
      ['camera', 'videoinput', constraints.video],
    ] as const;
    for (const [name, , asked] of wanted) {
      if (asked && this.denied.has(name)) throw new DOMException('', 'NotAllowedError');
    }
    const found = wanted.flatMap(([, kind, asked]) =>
      typeof asked === 'object' ? [[kind, asked, this.#find(kind, asked)] as const] : [],
    );
    for (const [, , device] of found) {
      if (this.busy.has(device.id)) throw new DOMException('', 'NotReadableError');
    }
    this.hidden = false;
    return streamOf(
      found.map(
        ([kind, asked, device]) =>
          new ScriptedTrack(
            this.tracks,
            kind === 'audioinput' ? 'audio' : 'video',
            device.id,
            device.label,
            asked,
          ),
      ),
    );
  }

  async getDisplayMedia(): Promise<MediaStream> {
    await this.#pause('getDisplayMedia');
    if (this.picks === 'nothing') throw new DOMException('Permission denied', 'NotAllowedError');
    if (this.picks === 'forbidden by system') {
      throw new DOMException('Permission denied by system', 'NotAllowedError');
    }
    const tracks = [new ScriptedTrack(this.tracks, 'video', 'a screen', 'a screen')];
    if (this.picks === 'screen with sound') {
      tracks.push(new ScriptedTrack(this.tracks, 'audio', 'a screen', 'its sound'));
    }
    return streamOf(tracks);
  }

  #find(kind: MediaDeviceKind, asked: MediaTrackConstraints): Plugged {
    const devices = this.plugged.filter((device) => device.kind === kind);
    const first = devices[0];
    if (first === undefined) throw new DOMException('', 'NotFoundError');
    const { deviceId, facingMode } = asked;
    if (typeof facingMode === 'object' && 'ideal' in facingMode) {
      const side = facingMode.ideal === 'user' ? 'front' : 'back';
      return devices.find(({ label }) => label.includes(`facing ${side}`)) ?? first;
    }
    if (typeof deviceId !== 'object' || Array.isArray(deviceId)) return first;
    const { exact, ideal } = deviceId;
    const chosen = devices.find(({ id }) => id === (exact ?? ideal));
    if (chosen === undefined && exact !== undefined) {
      throw new DOMException('', 'OverconstrainedError');
    }
    return chosen ?? first;
  }
}

function streamOf(tracks: ScriptedTrack[]): MediaStream {
  const of = (kind: string): ScriptedTrack[] => tracks.filter((track) => track.kind === kind);
  return {
    getTracks: () => tracks,
    getAudioTracks: () => of('audio'),
    getVideoTracks: () => of('video'),
  } as unknown as MediaStream;
}

/** What is kept over a reload, for a test. */
export function emptyMemory(): {
  get(name: string): string | null;
  set(name: string, value: string | null): void;
} {
  const kept = new Map<string, string>();
  return {
    get: (name) => kept.get(name) ?? null,
    set: (name, value) => {
      if (value === null) kept.delete(name);
      else kept.set(name, value);
    },
  };
}

export const microphones: readonly Plugged[] = [
  { id: 'm1', label: 'Desk microphone', kind: 'audioinput' },
  { id: 'm2', label: 'Headset', kind: 'audioinput' },
];
export const cameras: readonly Plugged[] = [
  { id: 'c1', label: 'Built-in camera', kind: 'videoinput' },
  { id: 'c2', label: 'C920 (046d:082d)', kind: 'videoinput' },
];
export const speakers: readonly Plugged[] = [
  { id: 's1', label: 'Desk speakers', kind: 'audiooutput' },
  { id: 's2', label: 'Headset', kind: 'audiooutput' },
];
export const everything: readonly Plugged[] = [...microphones, ...cameras, ...speakers];
