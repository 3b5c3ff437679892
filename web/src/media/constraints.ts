/** What the microphone's sound goes through before it is sent. */
export interface Processing {
  readonly echoCancellation: boolean;
  readonly noiseSuppression: boolean;
  readonly autoGainControl: boolean;
}

/** Right for speech over loudspeakers; music wants all three off. */
export const speechProcessing: Processing = {
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
};

export type Facing = 'user' | 'environment';

/**
 * How to ask for one device: `exact` where it is known to be there, `ideal` where the browser
 * hides which ones there are, nothing for the system's choice.
 */
export type Wanted = { readonly exact: string } | { readonly ideal: string } | null;

export function microphoneConstraints(
  wanted: Wanted,
  processing: Processing,
): MediaTrackConstraints {
  return { ...(wanted && { deviceId: wanted }), ...processing };
}

/** 720p at 30: what a mesh can carry and a tile can show; a camera without it gives its nearest. */
export function cameraConstraints(wanted: Wanted, facing: Facing | null): MediaTrackConstraints {
  return {
    width: { ideal: 1280 },
    height: { ideal: 720 },
    frameRate: { ideal: 30 },
    ...(facing === null ? wanted && { deviceId: wanted } : { facingMode: { ideal: facing } }),
  };
}

/** As `getDisplayMedia` takes it, with what Chromium knows beyond the DOM library's types. */
export interface ScreenOptions extends DisplayMediaStreamOptions {
  readonly selfBrowserSurface: 'exclude' | 'include';
  readonly surfaceSwitching: 'exclude' | 'include';
  readonly systemAudio: 'exclude' | 'include';
}

/**
 * Text first: full size, 30 frames at the most. The sound of what is shown goes unprocessed. The
 * page itself is not offered, since showing the call in the call shows it without end.
 */
export const screenOptions: ScreenOptions = {
  video: { frameRate: { ideal: 15, max: 30 } },
  audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
  selfBrowserSurface: 'exclude',
  surfaceSwitching: 'include',
  systemAudio: 'include',
};
