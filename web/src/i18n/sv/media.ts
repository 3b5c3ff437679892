import type { media as english } from '../en/media';
import type { CatalogueOf } from '../translate';

export const media: CatalogueOf<typeof english> = {
  'media.microphone': 'Mikrofon',
  'media.camera': 'Kamera',
  'media.speaker': 'Högtalare',
  'media.microphoneNumber': { one: 'Mikrofon {count}', other: 'Mikrofon {count}' },
  'media.cameraNumber': { one: 'Kamera {count}', other: 'Kamera {count}' },
  'media.speakerNumber': { one: 'Högtalare {count}', other: 'Högtalare {count}' },
  'media.standard': 'Systemets val',
  'media.noticeLost': '{name} kopplades ur. Du fortsätter utan.',
  'media.noticeStopped': '{name} stoppades av din webbläsare.',
  'media.noticeBack': '{name} är tillbaka och används.',
  'media.noticeNow': 'Du använder nu {name}.',
  'media.noticeReplaced': '{name} kopplades ur. Du använder nu {other}.',
  'media.noticeBusy': '{name} används av ett annat program. Du behåller den förra.',
  'media.noticeStayed': '{name} kunde inte startas. Du behåller den förra.',
  'media.choose': 'Välj {kind}',
  'media.none': 'Ingen hittades',
  'media.joinRoom': 'Gå med i samtalet i {room}',
  'media.join': 'Gå med',
};
