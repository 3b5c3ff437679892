import type { Entry } from './entry';

/** Why a disk did not take something: it is full, or it failed. */
export type DiskTrouble = 'full' | 'failed';

/** What the page asks of the worker at the disk; each is answered once, in order. */
export type Asked =
  /** Begin a file that grows by chunks. */
  | { readonly t: 'open'; readonly folder: string; readonly entry: Entry }
  | { readonly t: 'chunk'; readonly chunk: Blob }
  /** Make the growing file whole: with its duration, and with an index to seek by. */
  | { readonly t: 'finish'; readonly folder: string; readonly entry: Entry }
  /** Write the entry alone. */
  | { readonly t: 'save'; readonly folder: string; readonly entry: Entry };

export type Answered =
  | { readonly t: 'done'; readonly entry: Entry | null }
  | { readonly t: 'trouble'; readonly trouble: DiskTrouble; readonly message: string };
