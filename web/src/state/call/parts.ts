import type { Ears } from '../../media/sound';
import type { Connection } from '../ports';
import type { CallsModel } from './calls.svelte';
import type { InterruptedModel } from './interrupted.svelte';
import type { LocalMediaModel } from './local_media.svelte';
import type { QualityModel } from './quality.svelte';
import type { SeatParts } from './seat.svelte';

/** What a call takes of one's devices. */
export type CallMedia = Pick<
  LocalMediaModel,
  'sending' | 'onSending' | 'muted' | 'camera' | 'screen' | 'handUp' | 'openAll' | 'release'
>;

export interface CallParts extends SeatParts {
  readonly connection: Connection;
  readonly calls: CallsModel;
  readonly media: CallMedia;
  readonly quality: QualityModel;
  readonly ears: Ears;
  /** Keeps which call this is, for the page that comes after a reload. */
  readonly interrupted: Pick<InterruptedModel, 'formerSession' | 'keep' | 'vanish' | 'forget'>;
  readonly now: () => number;
  /** The name of a session, for what is recorded. */
  readonly nameOf: (user: string) => string;
  /** Someone is about to go in: what takes its time may begin. */
  readonly atDoor?: () => void;
}
