import type { recording as english } from '../en/recording';
import type { CatalogueOf } from '../translate';

export const recording: CatalogueOf<typeof english> = {
  'recording.title': 'Enregistrements',
  'recording.record': 'Enregistrer',
  'recording.stop': 'Arrêter l’enregistrement',
};
