import type { Attachment } from 'svelte/attachments';
import { streamOf } from '../../state/call/stream';

/**
 * Plays a track in an element, as long as it is there.
 *
 * `held` is told where the browser holds sound back until someone touches the page.
 */
export function plays(
  track: MediaStreamTrack | null,
  held?: () => void,
): Attachment<HTMLMediaElement> {
  return (element) => {
    if (track === null) return;
    element.srcObject = streamOf(track);
    element.play().catch((error: unknown) => {
      // Anything else is an element that is leaving.
      if (error instanceof DOMException && error.name === 'NotAllowedError') held?.();
    });
    return () => {
      element.srcObject = null;
    };
  };
}

/** Sends an element's sound to a loudspeaker; '' is the system's choice. */
export function soundsFrom(speaker: string): Attachment<HTMLMediaElement> {
  return (element) => {
    if (!('setSinkId' in element)) return;
    // A speaker that has just gone: the system's choice plays it.
    element.setSinkId(speaker).catch(() => undefined);
  };
}
