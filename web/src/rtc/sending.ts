export type { SendingStep } from './adapt';

/** What one can send, each at most once. */
export type Slot = 'microphone' | 'camera' | 'screen' | 'screenAudio';

export const SLOTS: readonly Slot[] = ['microphone', 'camera', 'screen', 'screenAudio'];

/** What one sends now, the same to every peer. */
export type Sending = Readonly<Record<Slot, MediaStreamTrack | null>>;

export const NOTHING: Sending = { microphone: null, camera: null, screen: null, screenAudio: null };

export function kindOf(slot: Slot): 'audio' | 'video' {
  return slot === 'microphone' || slot === 'screenAudio' ? 'audio' : 'video';
}

/** Whether a slot belongs to the stream of the screen. */
export function isOfScreen(slot: Slot): boolean {
  return slot === 'screen' || slot === 'screenAudio';
}
