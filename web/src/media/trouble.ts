/** Something that one can choose. */
export type Kind = 'microphone' | 'camera' | 'speaker';

/**
 * Why a device does not open.
 *
 * `insecure`: the page came over plain http. `unsupported`: this browser has no devices for pages.
 * `refused`: the person, their browser's settings or their system said no. `missing`: there is none.
 * `busy`: another program holds it. `failed`: anything else.
 */
export type Trouble = 'insecure' | 'unsupported' | 'refused' | 'missing' | 'busy' | 'failed';

/** Thrown in place of whatever the browser threw. */
export class DeviceTrouble extends Error {
  constructor(
    readonly kind: Kind | 'screen',
    readonly trouble: Trouble,
    /** The system said no, not the page's permission: the way out is in the system's settings. */
    readonly bySystem = false,
  ) {
    super(`${kind}: ${trouble}`);
    this.name = 'DeviceTrouble';
  }
}

/** W3C Media Capture and Streams §10.2 names the failures of `getUserMedia`. */
const troubles: Readonly<Record<string, Trouble>> = {
  NotAllowedError: 'refused',
  SecurityError: 'refused',
  NotFoundError: 'missing',
  OverconstrainedError: 'missing',
  NotReadableError: 'busy',
  // Firefox: "Starting videoinput failed", which is a device that something else holds.
  AbortError: 'busy',
};

/** Puts what the browser threw into our words. */
export function troubleOf(kind: Kind | 'screen', error: unknown): DeviceTrouble {
  if (error instanceof DeviceTrouble) return error;
  const name = error instanceof Error || error instanceof DOMException ? error.name : '';
  const message = error instanceof Error || error instanceof DOMException ? error.message : '';
  // Chromium: "Permission denied by system".
  const bySystem = name === 'NotAllowedError' && /by system/i.test(message);
  return new DeviceTrouble(kind, troubles[name] ?? 'failed', bySystem);
}
