import { MediaQuery } from 'svelte/reactivity';

/** The three layouts: three columns, people in a drawer, one column with a bottom bar. */
export const wide = new MediaQuery('min-width: 1100px');
export const narrow = new MediaQuery('max-width: 699.98px');

/** A finger: Enter breaks the line there, and names of buttons don't hover. */
export const coarse = new MediaQuery('pointer: coarse');
