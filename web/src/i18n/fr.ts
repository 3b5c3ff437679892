import { en } from './en';
import type { Catalogue } from './translate';
export const fr: Catalogue = en;
