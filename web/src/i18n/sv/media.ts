import type { media as english } from '../en/media';
import type { CatalogueOf } from '../translate';

export const media: CatalogueOf<typeof english> = {
  'media.microphone': 'Mikrofon',
};
