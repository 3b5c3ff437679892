import { Part } from './part';

/** All that there is once somebody has signed in; who has not yet waits for none of it. */
export const inside = new Part(() => import('./shell/Shell.svelte'));

/** The call that one is in, for a page that stands in the place of the shell; in the same chunk. */
export const callLayer = new Part(async () => ({
  default: (await import('./shell/Shell.svelte')).CallLayer,
}));
