import type { doctor as english } from '../en/doctor';
import type { CatalogueOf } from '../translate';

export const doctor: CatalogueOf<typeof english> = {
  'doctor.title': 'Test de la connexion',
};
