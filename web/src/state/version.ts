import { version } from '../../package.json';

/** Which build this is, for reports. */
export const VERSION: string = version;
