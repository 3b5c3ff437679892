import type { quality as english } from '../en/quality';
import type { CatalogueOf } from '../translate';

export const quality: CatalogueOf<typeof english> = {
  'quality.title': 'Anslutningskvalitet',
  'quality.good': 'Bra anslutning',
  'quality.fair': 'Hygglig anslutning',
  'quality.poor': 'Svag anslutning',
  'quality.none': 'Inga mätvärden ännu',
};
