import { find, hidesWhich, standardOf, type Device } from './device_list';
import type { Remembered } from './remembered';

/** How things stand with one kind of device when the list changes. */
export interface Standing {
  /** The id of the device that is open; `null` where none is. */
  readonly open: string | null;
  readonly chosen: Remembered | null;
  /** One wants a device and there was none. */
  readonly isMissing: boolean;
}

/**
 * What a change of the list asks for.
 *
 * `lost`: the open device is gone. `back`: the chosen one is there again. `follow`: the system has
 * changed its mind, and one has left the choice to it. `open`: there is a device at last.
 */
export type Deed = 'nothing' | 'lost' | 'back' | 'follow' | 'open';

export function deedOf(
  before: readonly Device[],
  after: readonly Device[],
  { open, chosen, isMissing }: Standing,
): Deed {
  if (open === null) return isMissing && after.length > 0 ? 'open' : 'nothing';
  if (hidesWhich(after)) return 'nothing';
  const isListed = (id: string, list: readonly Device[]): boolean =>
    list.some((device) => device.id === id);
  if (open !== '' && isListed(open, before) && !isListed(open, after)) return 'lost';
  const there = find(after, chosen);
  if (there !== null && !there.standard) {
    return open !== '' && there.id !== open && !hidesWhich(before) ? 'back' : 'nothing';
  }
  const standard = standardOf(before);
  return standard !== null && standard !== standardOf(after) ? 'follow' : 'nothing';
}
