import type { call as english } from '../en/call';
import type { CatalogueOf } from '../translate';

export const call: CatalogueOf<typeof english> = {
  'call.title': 'Samtal',
};
