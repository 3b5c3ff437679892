import type { recording as english } from '../en/recording';
import type { CatalogueOf } from '../translate';

export const recording: CatalogueOf<typeof english> = {
  'recording.title': 'Enregistrements',
  'recording.subtitle':
    'Gardés sur cet appareil seulement. Personne ne les voit, sauf si vous partagez le fichier.',

  'recording.record': 'Enregistrer',
  'recording.stop': 'Arrêter l’enregistrement',
  'recording.starting': 'L’enregistrement démarre',
  'recording.finishing': 'Sauvegarde de l’enregistrement',
  'recording.choose': 'Que faut-il enregistrer',
  'recording.everyone': 'Tout le monde et ce qui est partagé',
  'recording.onlyScreen': 'Seulement l’écran partagé, avec toutes les voix',
  'recording.onlySelf': 'Seulement vous',
  'recording.underWay': 'Enregistrement, {time}',
  'recording.pauseShort': 'Pause',
  'recording.resumeShort': 'Reprendre',
  'recording.pause': 'Mettre en pause',
  'recording.resume': 'Reprendre l’enregistrement',
  'recording.paused': 'Enregistrement en pause, {time}',
  'recording.more': 'Options de l’enregistrement',
  'recording.pausedBy': '{names} a mis l’enregistrement de cet appel en pause',
  'recording.pausedByYou': 'Votre enregistrement est en pause',
  'recording.goOn': 'Montrer l’enregistrement',

  'recording.new': 'Nouvel enregistrement',
  'recording.newBody':
    'Choisissez ce qui est enregistré. Vous pouvez tout activer et couper en cours de route.',
  'recording.screen': 'Écran',
  'recording.camera': 'Caméra',
  'recording.microphone': 'Microphone',
  'recording.preview': 'Aperçu de l’enregistrement',
  'recording.startScreen': 'Enregistrer un écran',
  'recording.startCamera': 'Enregistrer la caméra',

  'recording.emptyTitle': 'Pas encore d’enregistrements',
  'recording.emptyBody':
    'Enregistrez votre écran ou votre caméra ici, ou choisissez Enregistrer dans un appel. Tout reste sur cet appareil.',
  'recording.failedTitle': 'Les enregistrements sont illisibles',
  'recording.failedBody':
    'Le navigateur n’a pas laissé cette page voir ses fichiers, comme souvent dans une fenêtre privée. Réessayez, ou ouvrez une fenêtre normale.',
  'recording.unsupportedTitle': 'Ce navigateur ne peut pas enregistrer',
  'recording.unsupportedBody':
    'Ce navigateur ne peut pas enregistrer, ou ne garde pas de fichiers pour cette page. Utilisez une version actuelle de Chrome, Edge, Firefox ou Safari.',

  'recording.play': 'Lire {title}',
  'recording.playing': 'Lecteur',
  'recording.actions': 'Actions pour {title}',
  'recording.rename': 'Renommer',
  'recording.renameTitle': 'Renommer l’enregistrement',
  'recording.name': 'Nom',
  'recording.download': 'Télécharger',
  'recording.delete': 'Supprimer',
  'recording.deleteTitle': 'Supprimer cet enregistrement ?',
  'recording.deleteBody':
    '« {title} » ({size}) disparaît de cet appareil pour de bon. Il n’y a pas d’autre copie.',
  'recording.deleted': 'L’enregistrement est supprimé.',
  'recording.guestTitle': {
    one: 'Supprimer votre enregistrement et vous déconnecter ?',
    other: 'Supprimer vos {count} enregistrements et vous déconnecter ?',
  },
  'recording.guestBody':
    'Vous êtes ici en invité, et un invité qui se déconnecte ne peut plus ouvrir ses enregistrements ({size}). Téléchargez d’abord ce que vous voulez garder.',
  'recording.guestConfirm': 'Supprimer et se déconnecter',
  'recording.guestShow': 'Voir les enregistrements',
  'recording.ofCall': 'Appel',
  'recording.ofOneself': 'Enregistrement',
  'recording.inTab': 'En cours dans un onglet',
  'recording.notFinished': 'Inachevé',
  'recording.notFinishedBody':
    'L’onglet s’est fermé avant la fin de l’enregistrement. Ce qui a été enregistré est en sécurité.',
  'recording.rescue': 'Achever',
  'recording.rescuing': 'Achèvement',
  'recording.rescued': 'L’enregistrement est de nouveau entier.',
  'recording.rescueFull':
    'Il faut autant de place libre que l’enregistrement en prend. Supprimez-en d’autres, puis réessayez.',
  'recording.rescueFailed':
    'L’enregistrement n’a pas pu être achevé. Vous pouvez toujours le télécharger tel quel.',

  'recording.used': '{used} utilisés sur cet appareil',
  'recording.left': '{left} libres',
  'recording.notLasting':
    'Le navigateur peut effacer des enregistrements quand la place manque. Téléchargez ce que vous voulez garder.',

  'recording.saved': 'L’enregistrement est sauvegardé sur cet appareil.',
  'recording.noRoom':
    'Il reste trop peu de place sur cet appareil pour enregistrer. Supprimez d’abord d’anciens enregistrements ou d’autres fichiers.',
  'recording.full':
    'L’appareil est plein, l’enregistrement s’est donc arrêté. Ce qui a été enregistré est en sécurité.',
  'recording.failed':
    'L’enregistrement s’est arrêté, car le navigateur n’a pas pu continuer. Ce qui a été écrit est en sécurité.',
  'recording.unfinished':
    'L’enregistrement est en sécurité, mais inachevé. Il est sous Enregistrements, avec un bouton pour l’achever.',
};
