import { SvelteSet } from 'svelte/reactivity';
import type { Connection, ServerEvent } from './ports';

/** Somebody types a letter every tenth of a second or two: the last one of a burst is asked for. */
const PAUSE_MS = 150;
/** More than are ever shown at once, so that the next letter leaves some of them. */
const WANTED = 20;
const LONGEST = 32;

/** Members of a room beyond those that are loaded, found as their names are typed. */
export class NamingModel {
  readonly #found = new SvelteSet<string>();
  readonly #asked = new Set<string>();
  readonly #connection: Connection;
  readonly #room: string;
  #waiting: ReturnType<typeof setTimeout> | undefined;

  constructor(room: string, connection: Connection) {
    this.#room = room;
    this.#connection = connection;
  }

  /** Who was found so far, whatever was typed: whoever shows them picks those of a prefix. */
  get found(): Iterable<string> {
    return this.#found;
  }

  /** Looks for members whose name begins so, once no other prefix has come for a moment. */
  seek(prefix: string): void {
    this.rest();
    const wanted = [...prefix.toLowerCase()].slice(0, LONGEST).join('');
    if (wanted === '' || this.#asked.has(wanted)) return;
    this.#waiting = setTimeout(() => void this.#ask(wanted), PAUSE_MS);
  }

  rest(): void {
    clearTimeout(this.#waiting);
  }

  /** Who has left is not named any more, and who has come may have a name that was asked for. */
  apply(event: ServerEvent): void {
    if (event.t === 'member.left') this.#found.delete(event.user);
    if (event.t === 'member.joined' || event.t === 'member.profile_changed') this.#asked.clear();
  }

  async #ask(prefix: string): Promise<void> {
    this.#asked.add(prefix);
    try {
      const { members } = await this.#connection.ask({
        t: 'rooms.members',
        room: this.#room,
        prefix,
        limit: WANTED,
      });
      for (const { user } of members) this.#found.add(user);
    } catch {
      // Those who are loaded are suggested all the same; the next letter asks again.
      this.#asked.delete(prefix);
    }
  }
}
