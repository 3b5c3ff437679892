import type { quality as english } from '../en/quality';
import type { CatalogueOf } from '../translate';

export const quality: CatalogueOf<typeof english> = {
  'quality.title': 'Qualité de la connexion',
  'quality.good': 'Bonne connexion',
  'quality.fair': 'Connexion moyenne',
  'quality.poor': 'Connexion faible',
  'quality.none': 'Pas encore de mesures',
};
