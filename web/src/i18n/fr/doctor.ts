import type { doctor as english } from '../en/doctor';
import type { CatalogueOf } from '../translate';

export const doctor: CatalogueOf<typeof english> = {
  'doctor.title': 'Test de connexion',
  'doctor.intro': 'Essaie tout ce qu’il faut à un appel, depuis ce navigateur, sur ce réseau.',
  'doctor.start': 'Lancer le test',
  'doctor.again': 'Tester à nouveau',
  'doctor.startHint':
    'Il dure moins d’une minute. Votre navigateur peut demander le micro et la caméra ; les deux sont refermés aussitôt, et rien n’est enregistré.',
  'doctor.progress': 'Test en cours : {check}',
  'doctor.copy': 'Copier le rapport',
  'doctor.copied': 'Rapport copié. Il ne contient ni noms ni adresses.',
  'doctor.report': 'Rapport',
  'doctor.fix': 'Que faire',
  'doctor.asked': 'Interrogé en vain',

  'doctor.verdict.fine': 'Les appels fonctionneront',
  'doctor.verdict.fineBody': 'Là où aucun chemin direct n’est trouvé, un relais prend la suite.',
  'doctor.verdict.open': 'Les appels fonctionnent là où les réseaux le permettent',
  'doctor.verdict.openBody':
    'Ce serveur n’a pas de relais. Des personnes derrière un pare-feu strict peuvent être hors d’atteinte.',
  'doctor.verdict.listen': 'Vous pouvez écouter et regarder',
  'doctor.verdict.listenBody':
    'Personne ne peut vous entendre ni vous voir tant qu’aucun appareil ne marche.',
  'doctor.verdict.risky': 'Les appels peuvent échouer',
  'doctor.verdict.riskyBody':
    'Aucun relais ne marche d’ici. Les appels ont besoin d’un chemin direct vers chaque personne.',
  'doctor.verdict.blocked': 'Les appels ne fonctionneront pas ici',
  'doctor.verdict.blockedBody':
    'Quelque chose ci-dessous fait obstacle. Chaque ligne dit quoi faire.',
  'doctor.verdict.partial': 'Testé autant que possible',
  'doctor.verdict.partialBody':
    'Connectez-vous pour tester aussi les chemins vers les autres personnes.',

  'doctor.group.server': 'Serveur',
  'doctor.group.ways': 'Chemins vers les autres',
  'doctor.group.here': 'Cet appareil',

  'doctor.socket': 'Connexion en direct',
  'doctor.stun': 'Trouver votre adresse (STUN)',
  'doctor.turnUdp': 'Relais en UDP',
  'doctor.turnTcp': 'Relais en TCP',
  'doctor.turnTls': 'Relais en TLS',
  'doctor.media': 'Envoyer et montrer des images',
  'doctor.microphone': 'Micro',
  'doctor.camera': 'Caméra',

  'doctor.at.waiting': 'Pas encore testé',
  'doctor.at.running': 'Test en cours',
  'doctor.at.ok': 'Fonctionne',
  'doctor.at.partly': 'Normal ici',
  'doctor.at.failed': 'Ne fonctionne pas',
  'doctor.at.absent': 'Non configuré',
  'doctor.at.locked': 'Connectez-vous pour tester',
  'doctor.atCodec': 'Fonctionne, avec {codec}',
  'doctor.ms': '{ms} ms',

  'doctor.absent.stun':
    'Ce serveur n’indique aucun serveur STUN. Les appels sur un même réseau s’en passent.',
  'doctor.absent.turn': 'Ce serveur n’offre pas de relais de ce type.',

  'doctor.socket.blocked': 'La connexion en direct ne s’ouvre pas.',
  'doctor.socket.blockedFix':
    'Un proxy, un VPN ou une extension du navigateur bloque peut-être les websockets. Désactivez-les pour cette page, ou essayez un autre réseau.',
  'doctor.socket.mute': 'La connexion en direct s’ouvre, et rien ne revient.',
  'doctor.socket.muteFix':
    'Quelque chose entre vous et le serveur retient les données. Essayez un autre réseau, ou prévenez l’opérateur.',
  'doctor.unasked': 'Le serveur n’a pas pu dire quels chemins existent.',
  'doctor.unaskedFix': 'Vérifiez d’abord la connexion en direct, puis testez à nouveau.',
  'doctor.stun.plain':
    'Aucune autre adresse n’a été vue. C’est normal quand rien ne se trouve entre vous et le serveur.',
  'doctor.stun.silent': 'Le serveur STUN ne répond pas.',
  'doctor.stun.silentFix':
    'Il est arrêté, ou votre réseau bloque UDP. Si le relais en UDP fonctionne ci-dessous, dites-le à l’opérateur ; sinon, essayez un autre réseau.',
  'doctor.stun.someSilent': 'Un serveur STUN répond, un autre non.',
  'doctor.stun.someSilentFix':
    'L’opérateur doit le relancer, ou le retirer des réglages. Les appels fonctionnent entre-temps, et commencent peut-être plus tard.',
  'doctor.turn.onLoopback':
    'Le relais répond. Il tourne sur cette machine même, et refuse de s’envoyer à lui-même.',
  'doctor.turn.allocated': 'Le relais répond, mais rien ne passe par lui.',
  'doctor.turn.allocatedFix':
    'L’opérateur doit ouvrir les ports UDP du relais dans le pare-feu du serveur.',
  'doctor.turn.refused': 'Le relais refuse les identifiants.',
  'doctor.turn.refusedFix':
    'L’opérateur doit donner au relais et à ce serveur le même secret, et la bonne heure.',
  'doctor.turnUdp.silent': 'Le relais ne répond pas en UDP.',
  'doctor.turnUdp.silentFix':
    'Votre réseau bloque peut-être UDP, ou le relais est arrêté. Les lignes suivantes montrent si TCP ou TLS passe.',
  'doctor.turnTcp.silent': 'Le relais ne répond pas en TCP.',
  'doctor.turnTcp.silentFix':
    'Un pare-feu ne laisse peut-être passer que le web, ou le relais est arrêté. TLS passe le plus souvent.',
  'doctor.turnTls.silent': 'Le relais ne répond pas en TLS.',
  'doctor.turnTls.silentFix':
    'L’opérateur doit donner au relais un certificat reconnu par les navigateurs ; ou il est arrêté.',
  'doctor.media.notConnected': 'Ce navigateur ne se connecte pas, pas même à lui-même.',
  'doctor.media.notConnectedFix':
    'Une extension, un réglage de confidentialité ou une règle d’entreprise interdit peut-être WebRTC. Autorisez-le, ou prenez un autre navigateur.',
  'doctor.media.nothingDecoded': 'La connexion marche, mais aucune image ne sort.',
  'doctor.media.nothingDecodedFix':
    'Redémarrez le navigateur, et coupez l’accélération matérielle si cela ne suffit pas.',
  'doctor.unsupported': 'Ce navigateur ne sait pas faire cela.',
  'doctor.unsupportedFix': 'Prenez un Firefox, Chrome, Edge ou Safari récent.',
  'doctor.device.insecure': 'Les navigateurs ne donnent les appareils qu’aux pages en https.',
  'doctor.device.insecureFix': 'Ouvrez cette page en https. Demandez cette adresse à l’opérateur.',
  'doctor.device.denied': 'Vous ou votre navigateur avez dit non.',
  'doctor.device.deniedFix':
    'Autorisez-le par l’icône à côté de l’adresse, ou dans les réglages du système, puis testez à nouveau.',
  'doctor.device.missing': 'Aucun appareil trouvé.',
  'doctor.device.missingFix':
    'Branchez-en un, puis testez à nouveau. Les appels marchent aussi sans.',
  'doctor.device.busy': 'Un autre programme l’utilise.',
  'doctor.device.busyFix': 'Fermez ce programme, puis testez à nouveau.',
  'doctor.device.failed': 'Il ne démarre pas.',
  'doctor.device.failedFix': 'Débranchez-le et rebranchez-le, ou redémarrez le navigateur.',
  'doctor.device.unanswered': 'Le navigateur a demandé, et personne n’a répondu.',
  'doctor.device.unansweredFix': 'Testez à nouveau, et acceptez quand le navigateur demande.',
};
