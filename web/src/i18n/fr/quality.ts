import type { quality as english } from '../en/quality';
import type { CatalogueOf } from '../translate';

export const quality: CatalogueOf<typeof english> = {
  'quality.title': 'Qualité de la connexion',
  'quality.good': 'Bonne connexion',
  'quality.fair': 'Connexion moyenne',
  'quality.poor': 'Connexion faible',
  'quality.none': 'Pas encore de mesures',

  'quality.because.fine': 'Rien ne gêne la connexion.',
  'quality.because.loss':
    'Des paquets se perdent en route. Se rapprocher du Wi-Fi, ou un câble, aide le plus.',
  'quality.because.roundTrip':
    'Le chemin est long, les réponses arrivent tard. Un VPN peut l’allonger.',
  'quality.because.jitter':
    'Les paquets arrivent irrégulièrement : le réseau est chargé. Téléchargements et sauvegardes peuvent attendre.',
  'quality.because.frames':
    'Les images arrivent lentement. L’ordinateur en face est peut-être occupé.',
  'quality.because.frozen': 'L’image se fige par moments.',
  'quality.because.sound': 'Des morceaux de son manquent.',
  'quality.because.bitrate':
    'Votre ligne laisse passer peu de données. Sans votre caméra, le son reste bon.',
  'quality.because.measuring': 'Mesure en cours. Cela prend quelques secondes.',
  'quality.because.interrupted': 'Il n’y a pas de connexion en ce moment.',

  'quality.people': 'Personnes dans l’appel',
  'quality.alone': 'Personne d’autre pour l’instant',
  'quality.aloneBody': 'Les mesures apparaissent dès que quelqu’un arrive.',

  'quality.route': 'Chemin',
  'quality.direct': 'Direct, {protocol}',
  'quality.relayed': 'Par un relais, {protocol}',
  'quality.noRoute': 'Aucun',
  'quality.received': 'Reçu',
  'quality.sent': 'Envoyé',
  'quality.picture': 'Image',
  'quality.codecs': 'Codecs',
  'quality.limitedBandwidth': 'Votre ligne est étroite : l’image envoyée est réduite.',
  'quality.limitedCpu': 'Votre ordinateur est occupé : l’image envoyée est réduite.',

  'quality.loss': 'Paquets perdus',
  'quality.roundTrip': 'Aller-retour',
  'quality.jitter': 'Gigue',
  'quality.frames': 'Images par seconde',
  'quality.frozen': 'Image figée',
  'quality.sound': 'Son reconstitué',
  'quality.bitrate': 'Débit',
  'quality.line': 'Ligne vers la personne, si pleine',

  'quality.plots': 'Les deux dernières minutes',
  'quality.plotSummary': '{name} : maintenant {now}, au plus {most}',
  'quality.now': 'maintenant',
  'quality.minutes': '{count} min',
  'quality.asTable': 'Afficher en tableau',
  'quality.time': 'Heure',

  'quality.thresholds': 'Ce que disent les points',
  'quality.thresholdsBody':
    'La pire mesure décide. Deux mauvaises mesures de suite se voient, quatre bonnes les effacent.',
  'quality.figure': 'Mesure',
  'quality.fairFrom': 'Moyen dès',
  'quality.poorFrom': 'Faible dès',
  'quality.under': 'moins de {value}',

  'quality.copy': 'Copier le rapport',
  'quality.copied': 'Rapport copié. Il ne contient ni noms ni adresses.',
  'quality.report': 'Rapport',
  'quality.check': 'Vérifier ma connexion',
};
