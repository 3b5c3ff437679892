import { Devices } from '../media/devices';
import { Choices, type Memory } from '../media/remembered';
import type { RecorderModel } from './call/recorder.svelte';
import { StudioModel } from './studio.svelte';

/** The studio with this browser's devices, those that were chosen for calls. */
export function browserStudio(
  window: Window,
  memory: Memory,
  recorder: RecorderModel,
  me: () => { readonly id: string; readonly name: string },
): StudioModel {
  const devices = new Devices({
    // Missing on a page over plain http, whatever the types say.
    browser: window.navigator.mediaDevices as MediaDevices | undefined,
    secure: window.isSecureContext,
    choices: new Choices(memory),
    permission: () => Promise.resolve(null),
  });
  return new StudioModel(devices, recorder, me);
}
