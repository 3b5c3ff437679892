import type { PlainKey } from '../../../i18n/translate';
import type { DeviceTrouble, Family } from '../../../state/call/local_media.svelte';

/** What keeps a device away, what it means, what to do. */
export interface TroubleWords {
  readonly title: PlainKey;
  readonly way: PlainKey;
  /** Trying again in this page can help. */
  readonly canRetry: boolean;
}

/** Where the permission hides, browser by browser. */
const unblock = {
  chromium: 'media.unblockChromium',
  firefox: 'media.unblockFirefox',
  safari: 'media.unblockSafari',
  ios: 'media.unblockIos',
  android: 'media.unblockAndroid',
  other: 'media.unblockOther',
} as const satisfies Record<Family, PlainKey>;

const titles = {
  refused: {
    camera: 'media.cameraRefused',
    microphone: 'media.microphoneRefused',
    both: 'media.bothRefused',
  },
  missing: {
    camera: 'media.cameraMissing',
    microphone: 'media.microphoneMissing',
    both: 'media.bothMissing',
  },
  busy: { camera: 'media.cameraBusy', microphone: 'media.microphoneBusy', both: 'media.bothBusy' },
  failed: {
    camera: 'media.cameraFailed',
    microphone: 'media.microphoneFailed',
    both: 'media.bothFailed',
  },
} as const;

/** Words a trouble of one device, or the same trouble of both. */
export function troubleWords(
  { trouble, bySystem }: DeviceTrouble,
  of: 'camera' | 'microphone' | 'both',
  family: Family,
): TroubleWords {
  switch (trouble) {
    case 'insecure':
      return { title: 'media.insecure', way: 'media.insecureWay', canRetry: false };
    case 'unsupported':
      return { title: 'media.unsupported', way: 'media.unsupportedWay', canRetry: false };
    case 'refused':
      return {
        title: titles.refused[of],
        way: bySystem ? 'media.unblockSystem' : unblock[family],
        canRetry: true,
      };
    case 'missing':
      return { title: titles.missing[of], way: 'media.missingWay', canRetry: true };
    case 'busy':
      return { title: titles.busy[of], way: 'media.busyWay', canRetry: true };
    case 'failed':
      return { title: titles.failed[of], way: 'media.failedWay', canRetry: true };
    default:
      return trouble satisfies never;
  }
}
