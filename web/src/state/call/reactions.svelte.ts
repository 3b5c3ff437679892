import type { Connection } from '../ports';

/** An emoji that somebody in the call shows right now. */
export interface ShownEmoji {
  readonly id: number;
  readonly session: string;
  readonly emoji: string;
}

/** As long as its way up takes (`FloatingEmoji.svelte`). */
const SHOWN_MS = 4000;

/** More over one picture would hide it. */
const AT_ONCE = 6;

/** What people in the call show each other for a moment; it is kept nowhere. */
export class ReactionsModel {
  #shown = $state.raw<readonly ShownEmoji[]>([]);
  #latest = $state.raw<ShownEmoji | null>(null);
  #next = 1;
  readonly #connection: Connection;
  readonly #room: () => string | null;

  /** `room`: whose call one is in. */
  constructor(connection: Connection, room: () => string | null) {
    this.#connection = connection;
    this.#room = room;
    connection.onEvent((event) => {
      if (event.t === 'stage.reacted' && event.room === room()) {
        this.#show(event.session, event.emoji);
      }
    });
  }

  /** What is shown by one session, the oldest first. */
  of(session: string): readonly ShownEmoji[] {
    return this.#shown.filter((one) => one.session === session);
  }

  /** What was shown last, for whoever tells of it. */
  get latest(): ShownEmoji | null {
    return this.#latest;
  }

  /** Shows it to everybody, oneself too, once the server says so. */
  react(emoji: string): void {
    const room = this.#room();
    if (room === null) return;
    // One that is too many, or finds no connection, is not worth a word.
    this.#connection.ask({ t: 'signaling.react', room, emoji }).catch(() => undefined);
  }

  #show(session: string, emoji: string): void {
    const shown = { id: this.#next++, session, emoji };
    const [oldest] = this.of(session).slice(0, 1 - AT_ONCE);
    this.#shown = [...this.#shown.filter((one) => one !== oldest), shown];
    this.#latest = shown;
    setTimeout(() => {
      this.#shown = this.#shown.filter((one) => one !== shown);
    }, SHOWN_MS);
  }
}
