import type { AppModel } from '../../state/app.svelte';
import { deviceTroubleWords } from '../../state/call/device_words';
import type { DeviceTrouble } from '../../state/call/local_media.svelte';

/** What one turns on and off in a call, where nothing else says why something did not open. */
export interface CallSwitches {
  microphone(on: boolean): Promise<void>;
  camera(on: boolean): Promise<void>;
  screen(on: boolean): Promise<void>;
}

export function callSwitches({ localMedia, announcer, locale }: AppModel): CallSwitches {
  async function told(turning: Promise<DeviceTrouble | null>): Promise<void> {
    const trouble = await turning;
    if (trouble !== null) announcer.toast(deviceTroubleWords(locale.t, trouble), 'bad');
  }
  return {
    microphone: (on) => told(localMedia.setMicrophone(on)),
    camera: (on) => told(localMedia.setCamera(on)),
    screen: (on) => told(localMedia.shareScreen(on)),
  };
}
