import { SvelteMap } from 'svelte/reactivity';
import type * as wire from '../protocol/generated';
import { Refused } from '../protocol/refused';
import { onConnect } from './connects';
import type { Picked } from './mentions';
import { NamingModel } from './naming.svelte';
import type { CommandOf, Connection, ServerEvent } from './ports';
import {
  applied,
  presenceAfter,
  presenceWith,
  withPage,
  type Presence,
  type Roster,
} from './roster';

/** The protocol says: forget a writer after six seconds without another word of it. */
const TYPING_MS = 6000;
/** Half of that: a writer stays visible, and a room of fast typists stays quiet. */
const TYPING_EVERY_MS = 3000;

/** More changes than this while a snapshot is on its way would be a stampede. */
const RECENT = 200;
/** A snapshot that is older than what was told before it is asked for again, so often. */
const PRESENCE_ASKS = 3;

type Phase =
  | { readonly is: 'loading' }
  | { readonly is: 'ready' }
  | { readonly is: 'refused'; readonly refusal: Refused };

/** One room while it is open: what it is, who is in it, who is here, who is writing. */
export class RoomModel {
  readonly id: string;
  readonly #naming: NamingModel;
  #phase = $state.raw<Phase>({ is: 'loading' });
  #roster = $state.raw<Roster | null>(null);
  #presence = $state.raw<Presence | null>(null);
  #nextPage = $state.raw<string | null>(null);
  #toMention = $state.raw<Picked | null>(null);
  readonly #writing = new SvelteMap<string, number>();
  readonly #connection: Connection;
  readonly #me: string;
  readonly #stops: (() => void)[];
  /** Changes that a snapshot may not know of while it is on its way. */
  #recent: readonly ServerEvent[] = [];
  #toldWritingAt = 0;
  #load = 0;

  constructor(id: string, connection: Connection, me: string) {
    this.id = id;
    this.#connection = connection;
    this.#me = me;
    this.#naming = new NamingModel(id, connection);
    const stopForgetting = setInterval(() => {
      this.#forgetWriters();
    }, 1000);
    this.#stops = [
      connection.onEvent((event) => {
        this.#apply(event);
      }),
      onConnect(connection, () => void this.load()),
      () => {
        clearInterval(stopForgetting);
        this.#naming.rest();
      },
    ];
    if (connection.state.at === 'online') void this.load();
  }

  get phase(): Phase {
    return this.#phase;
  }

  get info(): wire.RoomInfo | null {
    return this.#roster?.info ?? null;
  }

  get me(): wire.Member | null {
    return this.#roster?.me ?? null;
  }

  get members(): ReadonlyMap<string, wire.Member> {
    return this.#roster?.members ?? new Map();
  }

  get hasMoreMembers(): boolean {
    return this.#nextPage !== null;
  }

  get online(): number {
    return this.#presence?.online ?? 0;
  }

  isOnline(user: string): boolean {
    return this.#presence?.users.has(user) ?? false;
  }

  /** Who else is writing, the first to begin first. */
  get writing(): readonly string[] {
    return [...this.#writing.keys()];
  }

  /** Members that are known here: those that are loaded, and those found by what was typed. */
  get nameable(): Iterable<string> {
    return new Set([...this.members.keys(), ...this.#naming.found]);
  }

  /** Looks for members of this name among those that are not loaded. */
  seekNamed(prefix: string): void {
    if (this.hasMoreMembers) this.#naming.seek(prefix);
  }

  /** Who is to be named in the message being written; whoever writes takes it from here. */
  get toMention(): Picked | null {
    return this.#toMention;
  }

  mention(person: Picked | null): void {
    this.#toMention = person;
  }

  async load(): Promise<void> {
    const load = ++this.#load;
    try {
      const found = await this.#connection.ask({ t: 'rooms.get', room: this.id });
      if (load !== this.#load) return;
      const known = this.#roster;
      this.#roster = {
        info: found.info,
        me: found.me,
        members: known?.members ?? new Map<string, wire.Member>(),
        complete: false,
        revision: known?.revision ?? 0,
      };
      if (found.me !== null) await Promise.all([this.#loadMembers(load), this.#lookWhoIsHere()]);
      if (load === this.#load) this.#phase = { is: 'ready' };
    } catch (error) {
      if (load !== this.#load || !(error instanceof Refused)) return;
      const passing = error.refusal.retryable === true || error.code.startsWith('client.');
      if (this.#phase.is !== 'ready' || !passing) this.#phase = { is: 'refused', refusal: error };
    }
  }

  /** A room is shown without its presence too; the next change asks again. */
  async #lookWhoIsHere(): Promise<void> {
    try {
      await this.loadPresence();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
    }
  }

  async loadPresence(): Promise<void> {
    for (let ask = 1; ask <= PRESENCE_ASKS; ask += 1) {
      const found = await this.#connection.ask({ t: 'rooms.presence', room: this.id });
      const snapshot = { ...found, users: new Set(found.users) };
      const now = presenceWith(snapshot, this.#recent);
      this.#presence = now ?? snapshot;
      if (now !== null) return;
    }
  }

  async loadMoreMembers(): Promise<void> {
    if (this.#nextPage === null) return;
    const page = await this.#connection.ask({
      t: 'rooms.members',
      room: this.id,
      cursor: this.#nextPage,
    });
    this.#take(page, false);
  }

  /** Tells the others that one is writing; not more often than they need to know. */
  write(writing: boolean): void {
    const now = Date.now();
    if (writing && now - this.#toldWritingAt < TYPING_EVERY_MS) return;
    if (!writing && this.#toldWritingAt === 0) return;
    this.#toldWritingAt = writing ? now : 0;
    // Nobody waits for this; a lost one is forgotten by the others in six seconds.
    this.#connection.ask({ t: 'chat.typing', room: this.id, writing }).catch(() => undefined);
  }

  async update(change: Omit<CommandOf<'rooms.update'>, 't' | 'room'>): Promise<void> {
    this.#changed(await this.#connection.ask({ t: 'rooms.update', room: this.id, ...change }));
  }

  async setRole(user: string, role: 'moderator' | 'member'): Promise<void> {
    this.#changed(await this.#connection.ask({ t: 'rooms.set_role', room: this.id, user, role }));
  }

  async mute(user: string, seconds: number): Promise<void> {
    this.#changed(await this.#connection.ask({ t: 'rooms.mute', room: this.id, user, seconds }));
  }

  async kick(user: string): Promise<void> {
    this.#changed(await this.#connection.ask({ t: 'rooms.kick', room: this.id, user }));
  }

  async ban(user: string, reason: string): Promise<void> {
    this.#changed(await this.#connection.ask({ t: 'rooms.ban', room: this.id, user, reason }));
  }

  async unban(user: string): Promise<void> {
    this.#changed(await this.#connection.ask({ t: 'rooms.unban', room: this.id, user }));
  }

  async transfer(to: string): Promise<void> {
    this.#changed(await this.#connection.ask({ t: 'rooms.transfer', room: this.id, to }));
  }

  async bans(): Promise<wire.Ban[]> {
    return (await this.#connection.ask({ t: 'rooms.bans', room: this.id })).bans;
  }

  async invites(): Promise<wire.InviteInfo[]> {
    return (await this.#connection.ask({ t: 'rooms.invites', room: this.id })).invites;
  }

  async createInvite(
    terms: Omit<CommandOf<'rooms.create_invite'>, 't' | 'room'>,
  ): Promise<wire.InviteInfo> {
    const command = { t: 'rooms.create_invite', room: this.id, ...terms } as const;
    return (await this.#connection.ask(command)).invite;
  }

  async revokeInvite(code: string): Promise<void> {
    await this.#connection.ask({ t: 'rooms.revoke_invite', room: this.id, code });
  }

  close(): void {
    this.#load += 1;
    for (const stop of this.#stops) stop();
  }

  async #loadMembers(load: number): Promise<void> {
    const page = await this.#connection.ask({ t: 'rooms.members', room: this.id });
    if (load === this.#load) this.#take(page, true);
  }

  #take(page: wire.MembersPage, first: boolean): void {
    if (this.#roster === null) return;
    // What overtook the page is not in it, and is not told again.
    this.#roster = this.#recent.reduce(
      (roster, event) => applied(roster, event, this.#me),
      withPage(this.#roster, page, first),
    );
    this.#nextPage = page.next;
  }

  #changed({ info, me }: wire.RoomChanged): void {
    if (this.#roster === null || info.revision < this.#roster.info.revision) return;
    this.#roster = { ...this.#roster, info, me: me ?? this.#roster.me };
  }

  #apply(event: ServerEvent): void {
    if (!('room' in event) || event.room !== this.id) return;
    this.#naming.apply(event);
    if (event.t === 'typing') {
      if (!event.writing) this.#writing.delete(event.user);
      else if (event.user !== this.#me) this.#writing.set(event.user, Date.now());
    } else if (event.t === 'presence.changed') {
      this.#note(event);
      const next = this.#presence === null ? null : presenceAfter(this.#presence, event);
      if (next !== null) this.#presence = next;
      else void this.#lookWhoIsHere();
    } else {
      this.#note(event);
      if (event.t === 'message.posted') this.#writing.delete(event.author);
      if (this.#roster !== null) this.#roster = applied(this.#roster, event, this.#me);
    }
  }

  #note(event: ServerEvent): void {
    if ('revision' in event) this.#recent = [...this.#recent.slice(1 - RECENT), event];
  }

  #forgetWriters(): void {
    const before = Date.now() - TYPING_MS;
    for (const [user, at] of this.#writing) if (at < before) this.#writing.delete(user);
  }
}
