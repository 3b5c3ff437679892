import { SvelteMap } from 'svelte/reactivity';
import type * as wire from '../protocol/generated';
import { onConnect } from './connects';
import type { CommandOf, Connection, ServerEvent, Timelines } from './ports';
import { Refused } from '../protocol/refused';
import type { SessionModel } from './session.svelte';
import { counted, nothingUnread, posted, readUpTo, type Unread } from './unread';

/** What the server counts in one question. */
const UNREAD_BATCH = 128;

/** A lively room is read message by message; the server is told once for all of them. */
const TELL_READ_MS = 500;

/** The rooms one is in, what is unread there, and why one is no longer in another. */
export class RoomsModel {
  #phase = $state<'loading' | 'ready' | 'failed'>('loading');
  #refusal = $state.raw<Refused | null>(null);
  #rooms = $state.raw<readonly wire.MyRoom[]>([]);
  #counted = $state(false);
  readonly #unread = new SvelteMap<string, Unread>();
  readonly #removed = new SvelteMap<string, wire.Leaving>();
  /** Rooms whose marker the server is about to be told. */
  readonly #telling = new Set<string>();
  readonly #connection: Connection;
  readonly #timelines: Timelines;
  readonly #session: SessionModel;

  constructor(connection: Connection, timelines: Timelines, session: SessionModel) {
    this.#connection = connection;
    this.#timelines = timelines;
    this.#session = session;
    connection.onEvent((event) => {
      this.#apply(event);
    });
    onConnect(connection, () => void this.load());
  }

  get phase(): 'loading' | 'ready' | 'failed' {
    return this.#phase;
  }

  get refusal(): Refused | null {
    return this.#refusal;
  }

  get list(): readonly wire.MyRoom[] {
    return this.#rooms;
  }

  get unreadRooms(): number {
    return this.#rooms.filter((room) => this.unreadOf(room.info.room).messages > 0).length;
  }

  get mentions(): number {
    return this.#rooms.reduce((sum, room) => sum + this.unreadOf(room.info.room).mentions, 0);
  }

  of(room: string): wire.MyRoom | undefined {
    return this.#rooms.find((mine) => mine.info.room === room);
  }

  unreadOf(room: string): Unread {
    return this.#unread.get(room) ?? nothingUnread;
  }

  /** Whether the server has counted this room, or could not; before, its marker says nothing. */
  knowsUnread(room: string): boolean {
    return this.#unread.has(room) || this.#counted;
  }

  /** Why one is out of a room that one was in while this page was open. */
  removedFrom(room: string): wire.Leaving | undefined {
    return this.#removed.get(room);
  }

  async load(): Promise<void> {
    try {
      const { rooms } = await this.#connection.ask({ t: 'rooms.mine' });
      this.#replace(rooms);
      this.#phase = 'ready';
      this.#refusal = null;
      await this.#countUnread(rooms.map((room) => room.info.room));
      this.#counted = true;
    } catch (error) {
      this.#counted = true;
      if (this.#phase === 'ready' || !(error instanceof Refused)) return;
      this.#phase = 'failed';
      this.#refusal = error;
    }
  }

  async create(room: Omit<CommandOf<'rooms.create'>, 't'>): Promise<string> {
    const changed = await this.#connection.ask({ t: 'rooms.create', ...room });
    this.#enter(changed);
    return changed.info.room;
  }

  async join(room: string, invite: string | null = null): Promise<void> {
    this.#removed.delete(room);
    const changed = await this.#connection.ask({ t: 'rooms.join', room, invite });
    this.#enter(changed);
    await this.#countUnread([room]);
  }

  async leave(room: string): Promise<void> {
    await this.#connection.ask({ t: 'rooms.leave', room });
    this.#drop(room);
  }

  async remove(room: string): Promise<void> {
    await this.#connection.ask({ t: 'rooms.delete', room });
    this.#drop(room);
  }

  browse(query: string, cursor: string | null): Promise<wire.RoomsPage> {
    return this.#connection.ask({ t: 'rooms.browse', query, cursor });
  }

  /** Moves the read marker here at once, and on the server. */
  markRead(room: string, seq: number): void {
    const before = this.unreadOf(room);
    const after = readUpTo(before, seq);
    if (after === before) return;
    this.#unread.set(room, after);
    this.#tellReadSoon(room);
  }

  /** The page may be gone in the next instant: what was read so far is told at once. */
  tellReadNow(): void {
    for (const room of [...this.#telling]) this.#tellNow(room);
  }

  forgetAll(): void {
    this.#replace([]);
    this.#unread.clear();
    this.#removed.clear();
    this.#phase = 'loading';
    this.#counted = false;
  }

  async #countUnread(rooms: readonly string[]): Promise<void> {
    for (let start = 0; start < rooms.length; start += UNREAD_BATCH) {
      const batch = rooms.slice(start, start + UNREAD_BATCH);
      const answer = await this.#connection.ask({ t: 'chat.unread', rooms: batch });
      for (const told of answer.rooms) {
        this.#count(told);
        // What was read without a connection is told with the new one.
        if (told.marker < this.unreadOf(told.room).marker) this.#tellReadSoon(told.room);
      }
    }
  }

  #count(told: wire.Unread): void {
    this.#unread.set(told.room, counted(this.unreadOf(told.room), told));
  }

  #tellReadSoon(room: string): void {
    if (this.#telling.has(room)) return;
    this.#telling.add(room);
    setTimeout(() => {
      this.#tellNow(room);
    }, TELL_READ_MS);
  }

  #tellNow(room: string): void {
    if (this.#telling.delete(room)) void this.#tellRead(room, this.unreadOf(room).marker);
  }

  async #tellRead(room: string, seq: number): Promise<void> {
    if (seq === 0) return;
    try {
      const answer = await this.#connection.ask({ t: 'chat.mark_read', room, seq });
      for (const told of answer.rooms) this.#count(told);
    } catch {
      // Told again with the next message that is seen, or the next connection.
    }
  }

  #enter({ info, me }: { info: wire.RoomInfo; me: wire.Member | null }): void {
    if (me === null) return;
    const online = this.of(info.room)?.online ?? 1;
    this.#put({ info, me, online });
  }

  #put(room: wire.MyRoom): void {
    this.#removed.delete(room.info.room);
    const others = this.#rooms.filter((mine) => mine.info.room !== room.info.room);
    this.#replace(others.length === this.#rooms.length ? [...others, room] : this.#swap(room));
  }

  #swap(room: wire.MyRoom): wire.MyRoom[] {
    return this.#rooms.map((mine) => (mine.info.room === room.info.room ? room : mine));
  }

  #drop(room: string): void {
    this.#replace(this.#rooms.filter((mine) => mine.info.room !== room));
    this.#unread.delete(room);
  }

  #replace(rooms: readonly wire.MyRoom[]): void {
    this.#rooms = rooms;
    this.#timelines.followOnly(rooms.map((room) => room.info.room));
  }

  #edit(room: string, change: (mine: wire.MyRoom) => wire.MyRoom): void {
    const mine = this.of(room);
    if (mine) this.#rooms = this.#swap(change(mine));
  }

  #apply(event: ServerEvent): void {
    switch (event.t) {
      case 'notice.room_added':
        this.#put(event.room);
        break;
      case 'notice.room_removed':
        if (event.why !== 'left') this.#removed.set(event.room, event.why);
        this.#drop(event.room);
        break;
      case 'room.deleted':
        this.#removed.set(event.room, 'room_deleted');
        this.#drop(event.room);
        break;
      case 'room.updated':
        this.#edit(event.room, (mine) =>
          event.revision > mine.info.revision ? { ...mine, info: event.info } : mine,
        );
        break;
      case 'member.joined':
      case 'member.left':
        this.#edit(event.room, (mine) => ({
          ...mine,
          info: { ...mine.info, members: event.members },
        }));
        break;
      case 'member.changed':
        if (event.member.user === this.#session.me) {
          this.#edit(event.room, (mine) => ({ ...mine, me: event.member }));
        }
        break;
      case 'presence.changed':
        this.#edit(event.room, (mine) => ({ ...mine, online: event.online }));
        break;
      case 'message.posted':
        this.#unread.set(event.room, posted(this.unreadOf(event.room), event, this.#session.me));
        break;
      case 'notice.read_moved':
        this.#count(event.unread);
        break;
      default:
        break;
    }
  }
}
