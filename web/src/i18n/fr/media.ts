import type { media as english } from '../en/media';
import type { CatalogueOf } from '../translate';

export const media: CatalogueOf<typeof english> = {
  'media.microphone': 'Micro',
  'media.camera': 'Caméra',
  'media.speaker': 'Haut-parleur',
  'media.microphoneNumber': { one: 'Micro {count}', other: 'Micro {count}' },
  'media.cameraNumber': { one: 'Caméra {count}', other: 'Caméra {count}' },
  'media.speakerNumber': { one: 'Haut-parleur {count}', other: 'Haut-parleur {count}' },
  'media.standard': 'Choix du système',
  'media.noticeLost': '{name} a été débranché. Vous continuez sans.',
  'media.noticeStopped': '{name} a été arrêté par votre navigateur.',
  'media.noticeBack': '{name} est de retour et utilisé.',
  'media.noticeNow': 'Vous utilisez maintenant {name}.',
  'media.noticeReplaced': '{name} a été débranché. Vous utilisez maintenant {other}.',
  'media.noticeBusy': 'Un autre programme utilise {name}. Vous gardez le précédent.',
  'media.noticeStayed': '{name} n’a pas pu démarrer. Vous gardez le précédent.',
  'media.choose': 'Choisir : {kind}',
  'media.none': 'Aucun trouvé',
  'media.joinRoom': 'Rejoindre l’appel dans {room}',
  'media.join': 'Rejoindre',
};
