import type { Connection } from './connection';
import type { Description, Line } from './line';
import type { Complaint } from './negotiation';
import type { Streams } from './senders';
import type { Timer } from './timer';
import type { Verified } from './view';

/** What a peer stands on. */
export interface PeerParts {
  connect(): Connection;
  readonly line: Line;
  readonly polite: boolean;
  readonly streams: Streams;
  readonly timer: Timer;
  /** Whether the other side's device made a description. */
  check(description: Description): Promise<Verified>;
  hasTurn(): boolean;
  /** Whether the other side says that its microphone is on. */
  sounds(): boolean;
  changed(): void;
  readonly complained: Complaint;
}
