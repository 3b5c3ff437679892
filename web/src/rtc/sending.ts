import type { SendingStep } from './adapt';

export type { SendingStep };

/** What one can send, each at most once. */
export type Slot = 'microphone' | 'camera' | 'screen' | 'screenAudio';

export const SLOTS: readonly Slot[] = ['microphone', 'camera', 'screen', 'screenAudio'];

/** What one sends now, the same to every peer. */
export type Sending = Readonly<Record<Slot, MediaStreamTrack | null>>;

export const NOTHING: Sending = { microphone: null, camera: null, screen: null, screenAudio: null };

/** What goes to somebody who only listens. */
export function soundOf({ microphone, screenAudio }: Sending): Sending {
  return { ...NOTHING, microphone, screenAudio };
}

export function kindOf(slot: Slot): 'audio' | 'video' {
  return slot === 'microphone' || slot === 'screenAudio' ? 'audio' : 'video';
}

/** Whether a slot belongs to the stream of the screen. */
export function isOfScreen(slot: Slot): boolean {
  return slot === 'screen' || slot === 'screenAudio';
}

/** What a first frame may cost, before anything was measured; shared by all that one sends to. */
const CAMERAS_BITS = 3_000_000;
const SCREENS_BITS = 5_000_000;

/**
 * How a sender begins, by the number of people one sends to. A camera keeps its motion and gives
 * up sharpness; a screen keeps its sharpness, and text is read at five frames a second, too.
 */
export function firstStep(slot: 'camera' | 'screen', peers: number): SendingStep {
  const share = (bits: number, least: number, most: number): number =>
    Math.round(Math.min(most, Math.max(least, bits / Math.max(1, peers))));
  if (slot === 'screen') {
    return {
      maxBitrate: share(SCREENS_BITS, 800_000, 2_500_000),
      maxFramerate: peers > 3 ? 10 : 15,
      scaleResolutionDownBy: 1,
      degradationPreference: 'maintain-resolution',
    };
  }
  return {
    maxBitrate: share(CAMERAS_BITS, 400_000, 1_500_000),
    maxFramerate: peers > 3 ? 20 : 30,
    scaleResolutionDownBy: peers > 3 ? 2 : 1,
    degradationPreference: 'maintain-framerate',
  };
}

/** Speech in kbit/s of Opus: clear, and a small part of what a picture costs. */
export const MICROPHONE_BITS = 40_000;

/** What a screen plays may be music. */
export const SCREEN_AUDIO_BITS = 128_000;

/** How an encoder is to treat a track (W3C mst-content-hint), where its owner said nothing. */
export function hintFor(slot: Slot): string {
  const hints: Record<Slot, string> = {
    microphone: 'speech',
    camera: 'motion',
    screen: 'detail',
    screenAudio: 'music',
  };
  return hints[slot];
}
