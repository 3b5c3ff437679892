import { asRefused, refusedHere, type Refused } from '../protocol/refused';
import { backoff } from './backoff';
import type { Clock } from './clock';
import type { Connection } from './connection';
import { Listeners } from './listeners';
import type { Deed, DeedCommand } from './timeline/foreseen';

export interface DeedsParts {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly random: () => number;
}

/** After this a person has gone on, and what they see must be what is. */
export const LONGEST_MS = 30_000;

/** A failure of the server's is tried again this often. */
const MOST_TRIES = 6;

interface Waiting extends Deed {
  tries: number;
  /** Where its entry stands in the timeline, once acknowledged. */
  seq: number | null;
  kept(): void;
  refused(refused: Refused): void;
}

/**
 * One's own edits, deletions and reactions until the timeline has them: sent in order in each room,
 * each carried out once however often it is sent, and given up after a while.
 */
export class Deeds {
  readonly #parts: DeedsParts;
  readonly #changes = new Listeners<string>();
  readonly #acknowledgements = new Listeners<{ room: string; seq: number }>();
  readonly #waiting = new Map<string, Waiting>();
  readonly #sending = new Set<string>();
  readonly #paused = new Map<string, number>();
  #user = '';

  constructor(parts: DeedsParts) {
    this.#parts = parts;
    parts.connection.onState((state) => {
      if (state.at === 'online') for (const room of this.#rooms()) void this.#send(room);
    });
  }

  /** Begins for a person; nothing of the one before is shown any more. */
  open(user: string | null): void {
    this.#user = user ?? '';
    const left = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const waiting of left) waiting.kept();
  }

  /** Tells the room in which something changed. */
  onChange(listener: (room: string) => void): () => void {
    return this.#changes.add(listener);
  }

  /** Tells the place of each entry that the server has stored. */
  onAcknowledged(listener: (place: { room: string; seq: number }) => void): () => void {
    return this.#acknowledgements.add(listener);
  }

  /** In the order of doing. */
  of(room: string): readonly Deed[] {
    return this.#in(room);
  }

  /**
   * Shows it at once; fulfilled when it is stored.
   *
   * @throws {Refused} once it is taken back.
   */
  do(command: DeedCommand): Promise<void> {
    const { clock } = this.#parts;
    return new Promise((kept, refused) => {
      const deed = { command, user: this.#user, at: clock.now() };
      this.#waiting.set(command.client_id, { ...deed, tries: 0, seq: null, kept, refused });
      clock.after(LONGEST_MS, () => {
        const late = this.#waiting.get(command.client_id);
        if (late?.seq === null && !this.#sending.has(command.room)) {
          this.#takeBack(late, refusedHere('client.offline'));
        }
      });
      this.#changes.tell(command.room);
      void this.#send(command.room);
    });
  }

  /** The timeline has this entry of one's own now. */
  delivered(entry: { author: string; client_id: string }): void {
    const waiting = this.#waiting.get(entry.client_id);
    if (waiting !== undefined && entry.author === this.#user) this.#drop(waiting);
  }

  /** The timeline has every entry up to `seq`. */
  passed(room: string, seq: number): void {
    for (const waiting of this.#in(room)) {
      if (waiting.seq !== null && waiting.seq <= seq) this.#drop(waiting);
    }
  }

  #in(room: string): Waiting[] {
    return [...this.#waiting.values()].filter(({ command }) => command.room === room);
  }

  #rooms(): Set<string> {
    return new Set([...this.#waiting.values()].map(({ command }) => command.room));
  }

  async #send(room: string): Promise<void> {
    if (this.#sending.has(room)) return;
    this.#sending.add(room);
    try {
      for (let next = this.#next(room); next !== undefined; next = this.#next(room)) {
        if (!(await this.#sendOne(next))) break;
      }
    } finally {
      this.#sending.delete(room);
    }
  }

  #next(room: string): Waiting | undefined {
    const { connection, clock } = this.#parts;
    if (connection.state.at !== 'online') return undefined;
    if ((this.#paused.get(room) ?? 0) > clock.now()) return undefined;
    return this.#in(room).find(({ seq }) => seq === null);
  }

  /** Whether the next one may follow at once. */
  async #sendOne(waiting: Waiting): Promise<boolean> {
    const { command } = waiting;
    try {
      const { seq } = await ask(this.#parts.connection, command);
      waiting.seq = seq;
      waiting.kept();
      this.#acknowledgements.tell({ room: command.room, seq });
      return true;
    } catch (thrown) {
      return this.#refusedNow(waiting, asRefused(thrown));
    }
  }

  #refusedNow(waiting: Waiting, refused: Refused): boolean {
    // Seen in the timeline while the question was under way.
    if (!this.#waiting.has(waiting.command.client_id)) return true;
    const { clock, random } = this.#parts;
    const { room } = waiting.command;
    waiting.tries += 1;
    const seconds = refused.refusal.retry_after;
    const wait = seconds == null ? 250 + backoff(waiting.tries, random) : seconds * 1000;
    const isLate = clock.now() + wait > waiting.at + LONGEST_MS;
    if (isLate || waiting.tries >= MOST_TRIES || !canPass(refused)) {
      this.#takeBack(waiting, refused);
      return true;
    }
    this.#paused.set(room, clock.now() + wait);
    clock.after(wait, () => {
      void this.#send(room);
    });
    return false;
  }

  #takeBack(waiting: Waiting, refused: Refused): void {
    this.#drop(waiting);
    waiting.refused(refused);
  }

  #drop(waiting: Waiting): void {
    this.#waiting.delete(waiting.command.client_id);
    // It is in the timeline, whether its answer came or not; after a refusal this does nothing.
    if (waiting.seq === null) queueMicrotask(waiting.kept);
    this.#changes.tell(waiting.command.room);
  }
}

/** Whether the same deed may succeed in a moment. */
function canPass({ refusal, code, isOurs }: Refused): boolean {
  if (isOurs) return code !== 'client.broken' && code !== 'client.cancelled';
  return refusal.retryable === true && code !== 'rooms.muted';
}

function ask(connection: Connection, command: DeedCommand): Promise<{ seq: number }> {
  switch (command.t) {
    case 'chat.edit':
      return connection.ask(command);
    case 'chat.delete':
      return connection.ask(command);
    case 'chat.react':
      return connection.ask(command);
    case 'chat.unreact':
      return connection.ask(command);
    default:
      return command satisfies never;
  }
}
