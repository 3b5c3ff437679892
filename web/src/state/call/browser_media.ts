import { familyOf } from '../../media/browser_family';
import { Devices } from '../../media/devices';
import { EchoTest } from '../../media/echo';
import { Choices, type Memory } from '../../media/remembered';
import { Sound } from '../../media/sound';
import type { DeviceNotice } from './device_words';
import { LocalMediaModel } from './local_media.svelte';

const names = { microphone: 'microphone', camera: 'camera' } as const;

/** One's own devices, wired for the browser. */
export function browserMedia(
  window: Window & typeof globalThis,
  sound: Sound,
  memory: Memory,
  say: (notice: DeviceNotice) => void,
): LocalMediaModel {
  const { navigator } = window;
  // Missing on a page over plain http, whatever the types say.
  const browser = navigator.mediaDevices as MediaDevices | undefined;
  const choices = new Choices(memory);

  /** Firefox and Safari know these names since 2024; before that they throw. */
  const status = async (kind: keyof typeof names): Promise<PermissionStatus | null> => {
    try {
      return await navigator.permissions.query({ name: names[kind] });
    } catch {
      return null;
    }
  };
  const devices = new Devices({
    browser,
    secure: window.isSecureContext,
    choices,
    permission: async (kind) => (await status(kind))?.state ?? null,
  });
  return new LocalMediaModel({
    devices,
    choices,
    ears: sound,
    family: familyOf(navigator.userAgent, navigator.maxTouchPoints),
    hasSpeakerChoice: 'setSinkId' in window.HTMLMediaElement.prototype,
    now: () => Date.now(),
    say,
    echoTest: (microphone, speaker) => new EchoTest({ sound, speaker }, microphone),
    onPermission: (listener) => {
      for (const kind of ['microphone', 'camera'] as const) {
        void status(kind).then((found) => found?.addEventListener('change', listener));
      }
    },
  });
}
