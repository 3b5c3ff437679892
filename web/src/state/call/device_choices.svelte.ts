import type { Device, DeviceLists, Devices } from '../../media/devices';
import type { Kind } from '../../media/trouble';
import type { DeviceNotice } from './device_words';

const kinds: readonly Kind[] = ['microphone', 'camera', 'speaker'];

/** Which devices there are and which are chosen, for components to read. */
export class DeviceChoices {
  #lists: DeviceLists = $state.raw({ microphone: [], camera: [], speaker: [] });
  #chosen = $state.raw<Readonly<Record<Kind, string | null>>>({
    microphone: null,
    camera: null,
    speaker: null,
  });
  readonly #devices: Devices;
  readonly #say: (notice: DeviceNotice) => void;

  constructor(devices: Devices, say: (notice: DeviceNotice) => void) {
    this.#devices = devices;
    this.#say = say;
    this.#lists = devices.lists;
    this.#readChosen();
  }

  get lists(): DeviceLists {
    return this.#lists;
  }

  /** `null`: the system's choice, or the chosen one is not there. */
  chosen(kind: Kind): string | null {
    return this.#chosen[kind];
  }

  choose(kind: Kind, id: string | null): void {
    this.#devices.choose(kind, id);
    this.#readChosen();
  }

  /** The label as the browser has it, of the present or the former list. */
  labelOf(kind: Kind, id: string | null, lists: DeviceLists = this.#lists): string {
    return lists[kind].find((device: Device) => device.id === id)?.label ?? '';
  }

  /** Takes new lists and answers the former ones. A loudspeaker that comes or goes is said here. */
  take(lists: DeviceLists): DeviceLists {
    const former = this.#lists;
    const before = this.#chosen.speaker;
    this.#lists = lists;
    this.#readChosen();
    const now = this.#chosen.speaker;
    const knew = former.speaker.some((device) => device.id !== '');
    if (before !== null && now === null) {
      this.#say({ what: 'lost', kind: 'speaker', name: this.labelOf('speaker', before, former) });
    } else if (before === null && now !== null && knew) {
      this.#say({ what: 'back', kind: 'speaker', name: this.labelOf('speaker', now) });
    }
    return former;
  }

  #readChosen(): void {
    const [microphone, camera, speaker] = kinds.map((kind) => this.#devices.chosen(kind));
    this.#chosen = {
      microphone: microphone ?? null,
      camera: camera ?? null,
      speaker: speaker ?? null,
    };
  }
}
