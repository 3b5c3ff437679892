import { SvelteMap } from 'svelte/reactivity';
import { backoff } from '../net/backoff';
import type * as wire from '../protocol/generated';
import { Refused } from '../protocol/refused';
import { onConnect } from './connects';
import type { Connection } from './ports';

/** What the server takes in one question. */
const BATCH = 100;

/** A name that is late is no reason to press a server that has just said no. */
const LEAST_WAIT_MS = 1000;

/** Names and pictures of people, asked for in batches as they come into view. */
export class ProfilesModel {
  readonly #known = new SvelteMap<string, wire.Profile>();
  readonly #wanted = new Set<string>();
  readonly #asked = new Set<string>();
  readonly #connection: Connection;
  #scheduled = false;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #answered: Promise<unknown> = Promise.resolve();
  readonly #nameless: () => string;

  /** `nameless` stands for a person whose account is gone. */
  constructor(connection: Connection, nameless: () => string) {
    this.#connection = connection;
    this.#nameless = nameless;
    connection.onEvent((event) => {
      const gone = event.t === 'member.left' && event.why === 'account_deleted';
      if (event.t !== 'member.profile_changed' && !gone) return;
      this.#asked.delete(event.user);
      this.#want(event.user);
    });
    onConnect(connection, () => {
      // Who changed meanwhile is told to nobody later, not even where the session is resumed.
      for (const user of this.#known.keys()) this.#wanted.add(user);
      this.#failures = 0;
      if (this.#wanted.size > 0) this.#schedule();
    });
  }

  /** The profile if it is known; else it is asked for, and whoever reads this is told later. */
  of(user: string): wire.Profile | undefined {
    const known = this.#known.get(user);
    if (known === undefined && user !== '') this.#want(user);
    return known;
  }

  /** The name to show; an ellipsis of the same height until it is known. */
  nameOf(user: string): string {
    const profile = this.of(user);
    return profile === undefined ? '…' : profile.display_name || profile.name || this.#nameless();
  }

  /** Resolves once these people are known, or can't be asked for now. */
  async meet(users: Iterable<string>): Promise<void> {
    for (const user of users) this.#want(user);
    await this.#answered;
  }

  learn(profile: wire.Profile): void {
    this.#asked.add(profile.user);
    this.#known.set(profile.user, profile);
  }

  /** Those among `users` whose name begins with, or has a word that begins with, `prefix`. */
  matching(users: Iterable<string>, prefix: string, limit: number): wire.Profile[] {
    const needle = fold(prefix);
    const found: wire.Profile[] = [];
    for (const user of users) {
      const profile = this.of(user);
      if (profile === undefined) continue;
      const words = [...fold(profile.display_name).split(/\s+/), fold(profile.name)];
      if (words.some((word) => word.startsWith(needle))) found.push(profile);
    }
    return found.sort((a, b) => a.display_name.localeCompare(b.display_name)).slice(0, limit);
  }

  forgetAll(): void {
    this.#known.clear();
    this.#wanted.clear();
    this.#asked.clear();
    clearTimeout(this.#timer);
  }

  #want(user: string): void {
    if (this.#asked.has(user)) return;
    this.#asked.add(user);
    this.#wanted.add(user);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    const fetched = Promise.resolve().then(() => {
      this.#scheduled = false;
      return this.#fetch();
    });
    this.#answered = Promise.all([this.#answered, fetched]);
  }

  async #fetch(): Promise<void> {
    if (this.#connection.state.at !== 'online') return;
    while (this.#wanted.size > 0) {
      const users = [...this.#wanted].slice(0, BATCH);
      for (const user of users) this.#wanted.delete(user);
      try {
        const { profiles } = await this.#connection.ask({ t: 'auth.profiles', users });
        for (const profile of profiles) this.#known.set(profile.user, profile);
        this.#failures = 0;
      } catch (thrown) {
        this.#failed(users, thrown);
        return;
      }
    }
  }

  #failed(users: readonly string[], thrown: unknown): void {
    if (!(thrown instanceof Refused && thrown.mayPass)) {
      // Asked again when a component reads it next: it must not stand in the way of the others.
      for (const user of users) this.#asked.delete(user);
      return;
    }
    for (const user of users) this.#wanted.add(user);
    this.#failures += 1;
    const { retry_after: seconds } = thrown.refusal;
    const ownWait = LEAST_WAIT_MS + backoff(this.#failures, Math.random);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => {
        this.#schedule();
      },
      seconds == null ? ownWait : seconds * 1000,
    );
  }
}

function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}
