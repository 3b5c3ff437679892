import { en } from './en';
import type { Catalogue } from './translate';
export const sv: Catalogue = en;
