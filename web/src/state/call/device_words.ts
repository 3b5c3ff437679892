import type { PlainKey } from '../../i18n/translate';
import type { Device } from '../../media/devices';
import type { DeviceTrouble, Kind, Trouble } from '../../media/trouble';
import type { LocaleModel } from '../locale.svelte';

/** Something about devices that a person should hear of without having asked. */
export type DeviceNotice =
  | { readonly what: 'lost'; readonly kind: Kind; readonly name: string }
  | { readonly what: 'back'; readonly kind: Kind; readonly name: string }
  | { readonly what: 'stopped'; readonly kind: Kind; readonly name: string }
  | { readonly what: 'now'; readonly kind: Kind; readonly name: string }
  | { readonly what: 'replaced'; readonly kind: Kind; readonly name: string; readonly by: string }
  | { readonly what: 'stayed'; readonly kind: Kind; readonly name: string; readonly why: Trouble };

const numbered = {
  microphone: 'media.microphoneNumber',
  camera: 'media.cameraNumber',
  speaker: 'media.speakerNumber',
} as const;

/** How a device is called: its label without what only engineers read, or its number. */
export function deviceName(t: LocaleModel['t'], device: Device): string {
  if (device.standard) return t('media.standard');
  // Chromium adds the vendor and product of USB devices: "C920 (046d:082d)".
  const label = device.label.replace(/\s*\([0-9a-f]{4}:[0-9a-f]{4}\)$/i, '').trim();
  return label || t(numbered[device.kind], { count: device.number });
}

export const kindNames = {
  microphone: 'media.microphone',
  camera: 'media.camera',
  speaker: 'media.speaker',
} as const satisfies Record<Kind, PlainKey>;

/** Words a notice. */
export function noticeWords(t: LocaleModel['t'], notice: DeviceNotice): string {
  const name = notice.name || t(kindNames[notice.kind]);
  switch (notice.what) {
    case 'lost':
      return t('media.noticeLost', { name });
    case 'stopped':
      return t('media.noticeStopped', { name });
    case 'back':
      return t('media.noticeBack', { name });
    case 'now':
      return t('media.noticeNow', { name });
    case 'replaced':
      return t('media.noticeReplaced', { name, other: notice.by || t(kindNames[notice.kind]) });
    case 'stayed':
      return notice.why === 'busy'
        ? t('media.noticeBusy', { name })
        : t('media.noticeStayed', { name });
    default:
      return notice satisfies never;
  }
}

/** Why something that one turned on does not open, and the way out, in one sentence or two. */
export function deviceTroubleWords(t: LocaleModel['t'], failed: DeviceTrouble): string {
  const { kind, trouble, bySystem } = failed;
  if (trouble === 'insecure') return t('media.deviceInsecure');
  if (kind === 'screen' && bySystem) return t('media.screenForbidden');
  if (kind === 'screen' && trouble !== 'unsupported') return t('media.screenFailed');
  const name = t(kind === 'screen' ? 'recording.screen' : kindNames[kind]);
  switch (trouble) {
    case 'unsupported':
      return t('media.deviceUnsupported', { name });
    case 'refused':
      return t('media.deviceRefused', { name });
    case 'missing':
      return t('media.deviceMissing', { name });
    case 'busy':
      return t('media.deviceBusy', { name });
    case 'failed':
      return t('media.deviceFailed', { name });
    default:
      return trouble satisfies never;
  }
}
