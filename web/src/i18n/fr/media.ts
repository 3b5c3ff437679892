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
  'media.level': 'Niveau du micro',
  'media.preview': 'Votre caméra',
  'media.asking': 'Votre navigateur demande vos appareils',
  'media.askingWay': 'Choisissez Autoriser, ou rejoignez sans.',
  'media.cameraIsOff': 'Votre caméra est éteinte',
  'media.mute': 'Couper le micro',
  'media.unmute': 'Rétablir le micro',
  'media.cameraTurnOff': 'Éteindre la caméra',
  'media.cameraTurnOn': 'Allumer la caméra',
  'media.flip': 'Passer à l’autre caméra',
  'media.joinWithoutCamera': 'Rejoindre sans caméra',
  'media.joinWithoutMicrophone': 'Rejoindre sans micro',
  'media.joinListening': 'Rejoindre et écouter',
  'media.onlyListen': 'Seulement écouter',
  'media.listenHint':
    'Vous entendez et voyez tout le monde et pouvez écrire. Caméra et micro peuvent être activés plus tard.',
  'media.nobodyHere': 'Personne n’est encore là',
  'media.peopleHere': { one: '{names} est là', other: '{names} sont là' },
  'media.othersHere': { one: '{count} autre', other: '{count} autres' },
  'media.limit': {
    one: 'De la place pour {count} personne',
    other: 'De la place pour {count} personnes',
  },
  'media.full': {
    one: 'L’appel est complet : {count} personne au plus. Vous pouvez écrire, et rejoindre quand quelqu’un part.',
    other:
      'L’appel est complet : {count} personnes au plus. Vous pouvez écrire, et rejoindre quand quelqu’un part.',
  },
  'media.listenOutside': 'Écouter',
  'media.echoStart': 'Tester micro et haut-parleur',
  'media.echoAgain': 'Tester encore',
  'media.echoStop': 'Arrêter',
  'media.echoSpeak': 'Dites quelques mots.',
  'media.echoListen': 'Maintenant, vous devriez vous entendre.',
  'media.echoHeard': 'Vous êtes-vous entendu ? Sinon, choisissez un autre haut-parleur.',
  'media.echoSilent':
    'Rien n’a été entendu. Choisissez un autre micro, ou cherchez son interrupteur.',
  'media.echoFailed':
    'Ce navigateur n’a pas pu faire le test. L’appel peut fonctionner malgré tout.',
  'media.insecure': 'Cette page n’est pas sécurisée',
  'media.insecureWay':
    'Les navigateurs ne donnent caméra et micro qu’aux pages en https. Demandez l’adresse https de ce serveur, ou rejoignez pour écouter.',
  'media.unsupported': 'Ce navigateur ne donne ni caméra ni micro aux pages',
  'media.unsupportedWay':
    'Utilisez un Firefox, Chrome, Edge ou Safari récent, ou rejoignez pour écouter.',
  'media.cameraRefused': 'Votre caméra est bloquée',
  'media.microphoneRefused': 'Votre micro est bloqué',
  'media.bothRefused': 'Caméra et micro sont bloqués',
  'media.unblockChromium':
    'Choisissez l’icône à gauche de l’adresse, autorisez cette page, et ils démarrent tout seuls.',
  'media.unblockFirefox':
    'Choisissez l’icône barrée dans la barre d’adresse, levez le blocage, puis réessayez.',
  'media.unblockSafari':
    'Dans le menu Safari, ouvrez les réglages de ce site, autorisez, puis réessayez.',
  'media.unblockIos':
    'Ouvrez le menu de la page dans la barre d’adresse, puis Réglages du site, autorisez et réessayez. Sinon, autorisez le navigateur dans l’app Réglages.',
  'media.unblockAndroid':
    'Touchez l’icône à gauche de l’adresse, puis Autorisations, autorisez et réessayez.',
  'media.unblockOther':
    'Autorisez-les pour cette page dans les réglages du navigateur, puis réessayez.',
  'media.unblockSystem':
    'Votre système l’interdit à ce navigateur. Autorisez-le dans les réglages de confidentialité du système, puis réessayez.',
  'media.cameraMissing': 'Aucune caméra trouvée',
  'media.microphoneMissing': 'Aucun micro trouvé',
  'media.bothMissing': 'Ni caméra ni micro trouvés',
  'media.missingWay': 'Branchez-en et cela démarre tout seul, ou rejoignez sans.',
  'media.cameraBusy': 'Votre caméra est utilisée par un autre programme',
  'media.microphoneBusy': 'Votre micro est utilisé par un autre programme',
  'media.bothBusy': 'Caméra et micro sont utilisés par un autre programme',
  'media.busyWay': 'Fermez-le là-bas, choisissez un autre appareil, ou rejoignez sans.',
  'media.cameraFailed': 'Votre caméra n’a pas démarré',
  'media.microphoneFailed': 'Votre micro n’a pas démarré',
  'media.bothFailed': 'Caméra et micro n’ont pas démarré',
  'media.failedWay': 'Débranchez et rebranchez, choisissez un autre appareil, ou rejoignez sans.',
  'media.settings': 'Caméra et son',
  'media.settingsIntro': 'Ce que vous utilisez pour les appels dans ce navigateur.',
  'media.try': 'Essayer caméra et micro',
  'media.tryStop': 'Arrêter l’essai',
  'media.sound': 'Son de votre micro',
  'media.echoCancellation': 'Supprimer l’écho',
  'media.echoCancellationHint': 'À désactiver seulement avec un casque.',
  'media.noiseSuppression': 'Réduire le bruit de fond',
  'media.noiseSuppressionHint': 'À désactiver pour la musique.',
  'media.autoGain': 'Régler le volume tout seul',
  'media.deviceInsecure':
    'Cette page est venue sans https, le navigateur lui refuse donc vos appareils.',
  'media.deviceUnsupported': '{name} : ce navigateur ne permet pas à une page de l’utiliser.',
  'media.deviceRefused':
    '{name} : pas autorisé. Autorisez-le dans la barre d’adresse du navigateur, puis réessayez.',
  'media.deviceMissing': '{name} : introuvable. Branchez un appareil, puis réessayez.',
  'media.deviceBusy': '{name} : utilisé par un autre programme. Fermez-le là-bas, puis réessayez.',
  'media.deviceFailed': '{name} : pas de démarrage. Réessayez, ou choisissez un autre appareil.',
  'media.screenForbidden':
    'Le système refuse l’écran à ce navigateur. Autorisez-le dans les réglages de confidentialité.',
  'media.screenFailed':
    'Impossible de partager l’écran. Réessayez, ou choisissez une autre fenêtre.',
};
