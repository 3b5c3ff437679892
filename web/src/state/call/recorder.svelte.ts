import type { Archive } from '../../media/recording/archive';
import { DiskRefused } from '../../media/recording/disk';
import { bestFormat, type Format } from '../../media/recording/format';
import { Mixer, shapeFor } from '../../media/recording/mixer';
import type { Portion, RecorderSources } from '../../media/recording/sources';
import { Take } from '../../media/recording/take';
import { hueOf, initialsOf } from '../face';

export type { Portion, RecorderPerson, RecorderSources } from '../../media/recording/sources';

/** Why there is no recording, or no longer. `unfinished`: it is safe, but not whole yet. */
export type RecorderTrouble = 'unsupported' | 'noRoom' | 'full' | 'failed' | 'unfinished';

/** What is asked for: where the pictures and voices come from, and what it will be called. */
export interface RecordingPlan {
  /** `call` is told to everyone in the call; `alone` is a recording of one's own. */
  readonly of: 'call' | 'alone';
  readonly sources: RecorderSources;
  readonly portion: Portion;
  /** The room's name for a call; null lets the list name it by its date. */
  readonly title: string | null;
  /** One that lives already, such as a preview's; it outlives the recording. */
  readonly mixer?: Mixer;
}

export interface RecorderParts {
  readonly archive: () => Archive | null;
  readonly cores: number;
  /** Told once a recording is over: that it is saved, or what became of it. */
  readonly say: (outcome: 'saved' | RecorderTrouble) => void;
}

/** What everyone in a call is to be told. */
export type Telling = 'nothing' | 'recording' | 'paused';

export type RecorderPhase = 'idle' | 'starting' | 'recording' | 'finishing';

/** The one recording that this tab may be making. It goes on when the person looks elsewhere. */
export class RecorderModel {
  #phase = $state<RecorderPhase>('idle');
  #of = $state<'call' | 'alone' | null>(null);
  #portion = $state<Portion>('everyone');
  #since = $state<number | null>(null);
  /** Since when it is paused, and for how long it was before. */
  #pausedAt = $state<number | null>(null);
  #pausedMs = $state(0);
  #id = $state<string | null>(null);
  #trouble = $state<RecorderTrouble | null>(null);
  #take: Take | null = null;
  #mixer: Mixer | null = null;
  #done: Promise<void> = Promise.resolve();
  /** A stop that came while it was still starting. */
  #unwanted = false;
  readonly #parts: RecorderParts;

  constructor(parts: RecorderParts) {
    this.#parts = parts;
  }

  /** Whether this browser records at all. */
  get supported(): boolean {
    return this.#format !== null && 'locks' in navigator;
  }

  get phase(): RecorderPhase {
    return this.#phase;
  }

  get of(): 'call' | 'alone' | null {
    return this.#of;
  }

  get portion(): Portion {
    return this.#portion;
  }

  /** Whether the call is being recorded here: what everyone in it is to be told. */
  get active(): boolean {
    return this.#of === 'call' && this.#phase === 'recording';
  }

  get paused(): boolean {
    return this.#pausedAt !== null;
  }

  /** What everyone in the call is told of it. */
  get telling(): Telling {
    if (!this.active) return 'nothing';
    return this.paused ? 'paused' : 'recording';
  }

  /** How much is recorded at this moment, in milliseconds, without the pauses. */
  recorded(now: number): number {
    if (this.#since === null) return 0;
    return Math.max(0, (this.#pausedAt ?? now) - this.#since - this.#pausedMs);
  }

  /** The recording that this tab is at, in the list. */
  get id(): string | null {
    return this.#id;
  }

  get trouble(): RecorderTrouble | null {
    return this.#trouble;
  }

  /** Begins; `trouble` says why not. Does nothing while another recording is under way. */
  async start(plan: RecordingPlan): Promise<void> {
    if (this.#phase !== 'idle') return;
    this.#phase = 'starting';
    this.#of = plan.of;
    this.#portion = plan.portion;
    this.#trouble = null;
    this.#unwanted = false;
    const beginning = this.#begin(plan);
    this.#done = beginning.then((take) => this.#seeThrough(take)).catch(() => undefined);
    try {
      await beginning;
    } catch (error) {
      this.#rest();
      const noRoom = error instanceof DiskRefused && error.trouble === 'full';
      this.#report(noRoom ? 'noRoom' : this.supported ? 'failed' : 'unsupported');
    }
  }

  /** Takes another part of the sources from now on, in the same file. */
  choose(portion: Portion): void {
    this.#portion = portion;
    this.#mixer?.choose(portion);
  }

  /** What follows is not in the file, until `resume`. */
  pause(): void {
    if (this.#take === null || this.#phase !== 'recording' || this.paused) return;
    this.#take.pause();
    this.#pausedAt = Date.now();
  }

  resume(): void {
    if (this.#take === null || this.#pausedAt === null) return;
    this.#take.resume();
    this.#pausedMs += Date.now() - this.#pausedAt;
    this.#pausedAt = null;
  }

  /**
   * Ends the recording; resolves when it is a whole file. To be called as well when the call is
   * left.
   */
  async stop(): Promise<void> {
    if (this.#phase === 'starting') this.#unwanted = true;
    this.#take?.stop();
    await this.#done;
  }

  /** Resolves when no recording is under way any more. */
  stopped(): Promise<void> {
    return this.#done;
  }

  get #format(): Format | null {
    if (!('MediaRecorder' in globalThis)) return null;
    return bestFormat((mime) => MediaRecorder.isTypeSupported(mime), this.#parts.cores);
  }

  async #begin(plan: RecordingPlan): Promise<Take> {
    const format = this.#format;
    const archive = this.#parts.archive();
    if (format === null || archive === null) throw new Error('nothing records here');
    // Firefox asks a person, who may look elsewhere: the recording does not wait for the answer.
    archive.keep().catch(() => undefined);
    const mixer = plan.mixer ?? this.mix(plan.sources, plan.portion);
    if (plan.mixer === undefined) this.#mixer = mixer;
    return Take.begin(archive, {
      stream: mixer.stream,
      format,
      pixels: mixer.shape.width * mixer.shape.height,
      title: plan.title,
      of: plan.of,
    });
  }

  /** One picture and sound out of the sources. Whoever asks for it closes it. */
  mix(sources: RecorderSources, portion: Portion): Mixer {
    return new Mixer(sources, portion, shapeFor(this.#parts.cores), (person, name) => ({
      hue: hueOf(person),
      initials: initialsOf(name),
    }));
  }

  async #seeThrough(take: Take): Promise<void> {
    this.#take = take;
    this.#since = take.since;
    this.#id = take.entry.id;
    this.#phase = 'recording';
    if (this.#unwanted) take.stop();
    const ended = await take.over;
    this.#phase = 'finishing';
    let outcome: 'saved' | RecorderTrouble = ended ?? 'saved';
    try {
      await take.finish();
    } catch {
      if (ended === null) outcome = 'unfinished';
    }
    this.#rest();
    this.#report(outcome);
  }

  #report(outcome: 'saved' | RecorderTrouble): void {
    this.#trouble = outcome === 'saved' ? null : outcome;
    this.#parts.say(outcome);
  }

  #rest(): void {
    this.#mixer?.close();
    this.#mixer = null;
    this.#take = null;
    this.#phase = 'idle';
    this.#of = null;
    this.#since = null;
    this.#pausedAt = null;
    this.#pausedMs = 0;
    this.#id = null;
  }
}
