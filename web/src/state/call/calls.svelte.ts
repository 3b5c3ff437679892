import { SvelteMap } from 'svelte/reactivity';
import { Listeners } from '../../net/listeners';
import type { Leaving, Roster } from '../../protocol/generated';
import { Refused } from '../../protocol/refused';
import { onConnect } from '../connects';
import type { Connection, ServerEvent } from '../ports';
import { isCallEvent, listenersOf, rosterAfter, speakersOf, type CallEvent } from './roster';

/** A roster that is newer than the one before, and the event that made it so, if one did. */
export interface RosterNews {
  readonly roster: Roster;
  readonly event: CallEvent | null;
}

/** A room that one is in no more; `why` is null where that happened while one was away. */
export interface RoomGone {
  readonly room: string;
  readonly why: Leaving | null;
}

/** A server that had no time for a question has some a little later. */
const ASK_AGAIN_MS = 2000;

/** What an installation without a word of its own has (`MESH_LIMIT` of the protocol). */
const USUAL_LIMIT = 6;

/** Which of one's rooms have a call now, and who is in it. Rosters are a snapshot, then events. */
export class CallsModel {
  #limit = $state(USUAL_LIMIT);
  #listenerLimit = 0;
  readonly #rosters = new SvelteMap<string, Roster>();
  readonly #news = new Listeners<RosterNews>();
  readonly #gone = new Listeners<RoomGone>();
  readonly #connection: Connection;
  /** Rooms whose snapshot is on its way, with what happened meanwhile. */
  readonly #asked = new Map<string, CallEvent[]>();

  constructor(connection: Connection) {
    this.#connection = connection;
    connection.onEvent((event) => {
      this.#happened(event);
    });
    onConnect(connection, () => void this.#look());
  }

  /** How many people a call can have. */
  get limit(): number {
    return this.#limit;
  }

  /** The roster of a room's call; null where there is none now. */
  of(room: string): Roster | null {
    const roster = this.#rosters.get(room);
    return roster === undefined || roster.call === null ? null : roster;
  }

  isFull(room: string): boolean {
    const roster = this.of(room);
    return roster !== null && speakersOf(roster).length >= roster.limit;
  }

  /** Whether one may listen to a room's call: there is one, and a place to listen in. */
  canListen(room: string): boolean {
    const roster = this.of(room);
    return roster !== null && listenersOf(roster).length < (roster.listener_limit ?? 0);
  }

  onNews(listener: (news: RosterNews) => void): () => void {
    return this.#news.add(listener);
  }

  /** No roster follows: who is no member hears nothing of a room, their own going included. */
  onGone(listener: (gone: RoomGone) => void): () => void {
    return this.#gone.add(listener);
  }

  /** Takes a roster that the server gave; an older one than is known changes nothing. */
  take(roster: Roster): void {
    const known = this.#rosters.get(roster.room);
    if (known !== undefined && known.revision > roster.revision) return;
    this.#setLimits(roster);
    this.#put(roster, null);
  }

  /** Asks anew who is in a room's call. */
  async ask(room: string): Promise<void> {
    if (this.#asked.has(room)) return;
    const meanwhile: CallEvent[] = [];
    this.#asked.set(room, meanwhile);
    try {
      const { roster } = await this.#connection.ask({ t: 'signaling.roster', room });
      this.#asked.delete(room);
      this.take(roster);
      for (const event of meanwhile) this.#apply(event);
    } catch (error) {
      this.#asked.delete(room);
      if (error instanceof Refused && error.code === 'rooms.not_member') this.#lose(room, null);
      else this.#askLater(room);
    }
  }

  forgetAll(): void {
    this.#rosters.clear();
    this.#asked.clear();
  }

  async #look(): Promise<void> {
    const before = [...this.#rosters.values()].filter((roster) => roster.call !== null);
    try {
      const found = await this.#connection.ask({ t: 'signaling.running' });
      const { rosters } = found;
      this.#setLimits(found);
      for (const roster of rosters) this.take(roster);
      const running = new Set(rosters.map(({ room }) => room));
      for (const { room } of before) if (!running.has(room)) void this.ask(room);
    } catch {
      // Without an answer the events of a call that goes on lead to its roster.
      for (const { room } of before) void this.ask(room);
    }
  }

  /** Without a connection nothing is asked: the next one begins with a look at everything. */
  #askLater(room: string): void {
    setTimeout(() => {
      if (this.#connection.state.at === 'online') void this.ask(room);
    }, ASK_AGAIN_MS);
  }

  #happened(event: ServerEvent): void {
    if (event.t === 'notice.room_removed') {
      this.#lose(event.room, event.why);
    } else if (event.t === 'room.deleted') {
      this.#lose(event.room, 'room_deleted');
    } else if (event.t === 'notice.room_added') {
      void this.ask(event.room.info.room);
    } else if (isCallEvent(event)) {
      const asked = this.#asked.get(event.room);
      if (asked === undefined) this.#apply(event);
      else asked.push(event);
    }
  }

  #lose(room: string, why: Leaving | null): void {
    this.#rosters.delete(room);
    this.#gone.tell({ room, why });
  }

  #apply(event: CallEvent): void {
    const known = this.#rosters.get(event.room) ?? this.#before(event);
    const next = known === null ? null : rosterAfter(known, event);
    if (next === null) void this.ask(event.room);
    else if (next !== known) this.#put(next, event);
  }

  /** A room that nothing was heard of had no call before its call started. */
  #before(event: CallEvent): Roster | null {
    if (event.t !== 'call.started') return null;
    return {
      room: event.room,
      call: null,
      revision: event.revision - 1,
      started_at: null,
      participants: [],
      limit: this.#limit,
      listener_limit: this.#listenerLimit,
    };
  }

  #setLimits({ limit, listener_limit }: Pick<Roster, 'limit' | 'listener_limit'>): void {
    this.#limit = limit;
    this.#listenerLimit = listener_limit ?? 0;
  }

  #put(roster: Roster, event: CallEvent | null): void {
    this.#rosters.set(roster.room, roster);
    this.#news.tell({ roster, event });
  }
}
