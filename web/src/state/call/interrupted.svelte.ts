import type { Preferences } from '../ports';
import type { CallsModel } from './calls.svelte';

/** The call that a page is in, and as what. */
export interface Here {
  readonly user: string;
  readonly room: string;
  readonly call: string;
  readonly session: string;
  readonly listening: boolean;
}

/** Which pages of this browser are in a call: what a page holds is let go when it dies. */
export interface Alive {
  hold(session: string): () => void;
  held(): Promise<ReadonlySet<string>>;
}

export interface InterruptedParts {
  readonly preferences: Preferences;
  readonly calls: Pick<CallsModel, 'of'>;
  /** Who is signed in. */
  readonly me: () => string;
  readonly alive: Alive;
  readonly now: () => number;
}

/** Whoever comes back later than this has not been interrupted, but gone. */
const KEPT_MS = 10 * 60_000;

/** How far what is kept may lag behind, where a page dies without a word. */
const REFRESH_MS = 60_000;

const NAME = 'call';

/**
 * The call that a page was in when it was reloaded or crashed, kept for the page that comes after
 * it: that one may offer to go back. What was left on purpose is forgotten.
 */
export class InterruptedModel {
  #left = $state.raw<Here | null>(null);
  readonly #parts: InterruptedParts;
  #letGo: (() => void) | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(parts: InterruptedParts) {
    this.#parts = parts;
  }

  /** The call to go back to, as long as it goes on; null where there is none. */
  get offer(): Here | null {
    const left = this.#left;
    const { calls, me } = this.#parts;
    if (left === null || left.user !== me()) return null;
    return calls.of(left.room)?.call === left.call ? left : null;
  }

  /** As whom the page before this one was in the call of a room, if it was. */
  formerSession(room: string): string | null {
    const left = this.#left;
    return left?.room === room && left.user === this.#parts.me() ? left.session : null;
  }

  /** Reads what a page before this one has left. */
  async look(): Promise<void> {
    const kept = this.#read();
    if (kept === null) return;
    const held = await this.#parts.alive.held();
    if (!held.has(kept.session) && this.#letGo === null) this.#left = kept;
  }

  /** This page is in a call now. */
  keep(here: Here): void {
    this.#left = null;
    this.#write(here);
    this.#letGo?.();
    this.#letGo = this.#parts.alive.hold(here.session);
    clearInterval(this.#timer);
    this.#timer = setInterval(() => {
      this.#write(here);
    }, REFRESH_MS);
  }

  /** The page goes, in the middle of its call if it is in one. */
  vanish(): void {
    const kept = this.#letGo === null ? null : this.#read();
    if (kept !== null) this.#write(kept);
    this.#end();
  }

  /** The call was left on purpose or ended, or one does not want back. */
  forget(): void {
    if (this.#letGo !== null || this.#left !== null) {
      this.#parts.preferences.set(NAME, null);
    }
    this.#end();
    this.#left = null;
  }

  /** Another page has gone back, or does not want to. */
  overtaken(): void {
    this.#left = null;
  }

  #end(): void {
    clearInterval(this.#timer);
    this.#letGo?.();
    this.#letGo = null;
  }

  #write(here: Here): void {
    this.#parts.preferences.set(NAME, JSON.stringify({ ...here, at: this.#parts.now() }));
  }

  #read(): Here | null {
    const kept = parsed(this.#parts.preferences.get(NAME));
    if (kept === null || this.#parts.now() - kept.at > KEPT_MS) return null;
    const { user, room, call, session, listening } = kept;
    return { user, room, call, session, listening };
  }
}

function parsed(text: string | null): (Here & { readonly at: number }) | null {
  try {
    // Whatever else stands there has no call that goes on.
    return JSON.parse(text ?? 'null') as (Here & { at: number }) | null;
  } catch {
    return null;
  }
}
