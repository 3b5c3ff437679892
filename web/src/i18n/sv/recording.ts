import type { recording as english } from '../en/recording';
import type { CatalogueOf } from '../translate';

export const recording: CatalogueOf<typeof english> = {
  'recording.title': 'Inspelningar',
  'recording.record': 'Spela in',
  'recording.stop': 'Stoppa inspelningen',
};
