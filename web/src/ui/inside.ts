import { Part } from './part';

/** All that there is once somebody has signed in; who has not yet waits for none of it. */
export const inside = new Part(() => import('./shell/Shell.svelte'));
