import { refusedHere, type Refused } from '../protocol/refused';
import type { Clock } from './clock';
import type { Connection } from './connection';
import { Listeners } from './listeners';
import { MOST_TRIES, RoomQueues, type Queued } from './room_queues';
import type { Deed, DeedCommand } from './timeline/foreseen';

export interface DeedsParts {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly random: () => number;
}

/** After this a person has gone on, and what they see must be what is. */
export const LONGEST_MS = 30_000;

/** The person is looking at it: the server is asked again soon. */
const LEAST_WAIT_MS = 250;

interface Waiting extends Deed, Queued {
  kept(): void;
  refused(refused: Refused): void;
}

/**
 * One's own edits, deletions and reactions until the timeline has them: sent in order in each room,
 * each carried out once however often it is sent, and given up after a while.
 */
export class Deeds {
  readonly #clock: Clock;
  readonly #queues: RoomQueues<Waiting>;
  readonly #changes = new Listeners<string>();
  #user = '';

  constructor({ connection, clock, random }: DeedsParts) {
    this.#clock = clock;
    this.#queues = new RoomQueues({
      connection,
      clock,
      random,
      leastWaitMs: LEAST_WAIT_MS,
      isReady: () => true,
      ask: ({ command }) => ask(connection, command),
      stored: (waiting) => {
        waiting.kept();
      },
      isFinal: ({ at, tries }, refused, waitMs) => {
        const isLate = clock.now() + waitMs > at + LONGEST_MS;
        const canPass = refused.mayPass && refused.code !== 'rooms.muted';
        return isLate || tries >= MOST_TRIES || !canPass;
      },
      givenUp: (waiting, refused) => {
        this.#takeBack(waiting, refused);
      },
    });
  }

  /** Begins for a person; nothing of the one before is shown any more. */
  open(user: string | null): void {
    this.#user = user ?? '';
    for (const waiting of this.#queues.clear()) waiting.kept();
  }

  /** Tells the room in which something changed. */
  onChange(listener: (room: string) => void): () => void {
    return this.#changes.add(listener);
  }

  /** Tells the place of each entry that the server has stored. */
  onAcknowledged(listener: (place: { room: string; seq: number }) => void): () => void {
    return this.#queues.onAcknowledged(listener);
  }

  /** In the order of doing. */
  of(room: string): readonly Deed[] {
    return this.#queues.of(room);
  }

  /**
   * Shows it at once; fulfilled when it is stored.
   *
   * @throws {Refused} once it is taken back.
   */
  do(command: DeedCommand): Promise<void> {
    const { room, client_id: clientId } = command;
    return new Promise((kept, refused) => {
      const deed = { command, user: this.#user, at: this.#clock.now() };
      this.#queues.add({ ...deed, clientId, room, tries: 0, seq: null, kept, refused });
      this.#clock.after(LONGEST_MS, () => {
        const late = this.#queues.get(clientId);
        if (late?.seq === null && !this.#queues.isSending(room)) {
          this.#takeBack(late, refusedHere('client.offline'));
        }
      });
      this.#changes.tell(room);
      void this.#queues.send(room);
    });
  }

  /** The timeline has this entry of one's own now. */
  delivered(entry: { author: string; client_id: string }): void {
    const waiting = this.#queues.get(entry.client_id);
    if (waiting !== undefined && entry.author === this.#user) this.#drop(waiting);
  }

  /** The timeline has every entry up to `seq`. */
  passed(room: string, seq: number): void {
    for (const waiting of this.#queues.of(room)) {
      if (waiting.seq !== null && waiting.seq <= seq) this.#drop(waiting);
    }
  }

  #takeBack(waiting: Waiting, refused: Refused): void {
    this.#drop(waiting);
    waiting.refused(refused);
  }

  #drop(waiting: Waiting): void {
    this.#queues.remove(waiting.clientId);
    // It is in the timeline, whether its answer came or not; after a refusal this does nothing.
    if (waiting.seq === null) queueMicrotask(waiting.kept);
    this.#changes.tell(waiting.room);
  }
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
