import type { Remembered } from './remembered';
import type { Kind } from './trouble';

export interface Device {
  readonly id: string;
  /** Empty until the browser tells it, which is after the first permission. */
  readonly label: string;
  readonly kind: Kind;
  /** 1 for the first of its kind, 2 for the next: "Camera 2" where there is no label. */
  readonly number: number;
  /** Stands for whichever device the system takes, now or later. */
  readonly standard: boolean;
  /** Devices in one housing share it; it tells which one `standard` stands for. */
  readonly group: string;
}

export type DeviceLists = Readonly<Record<Kind, readonly Device[]>>;

export const noDevices: DeviceLists = { microphone: [], camera: [], speaker: [] };

const kinds: Readonly<Record<MediaDeviceKind, Kind>> = {
  audioinput: 'microphone',
  videoinput: 'camera',
  audiooutput: 'speaker',
};

/** Sorts what `enumerateDevices` gave by kind. */
export function listed(found: readonly MediaDeviceInfo[]): DeviceLists {
  const lists: Record<Kind, Device[]> = { microphone: [], camera: [], speaker: [] };
  for (const info of found) {
    // Chromium on Windows lists the telephone device a second time under this name.
    if (info.deviceId === 'communications') continue;
    const kind = kinds[info.kind];
    const list = lists[kind];
    const standard = info.deviceId === 'default';
    list.push({
      id: info.deviceId,
      label: info.label,
      kind,
      number: list.filter((other) => !other.standard).length + 1,
      standard,
      group: info.groupId,
    });
  }
  return lists;
}

/** The device that was chosen, by its id or else by its label. */
export function find(list: readonly Device[], chosen: Remembered | null): Device | null {
  if (chosen === null) return null;
  return (
    list.find((device) => device.id !== '' && device.id === chosen.id) ??
    list.find((device) => device.label !== '' && device.label === chosen.label) ??
    null
  );
}

/** Which device the system takes at present; `null` where the browser does not tell. */
export function standardOf(list: readonly Device[]): string | null {
  const standard = list.find((device) => device.standard);
  return standard === undefined || standard.group === '' ? null : standard.group;
}

/** The browser lists devices, and keeps to itself which ones. */
export function hidesWhich(list: readonly Device[]): boolean {
  return list.length > 0 && list.every((device) => device.id === '');
}
