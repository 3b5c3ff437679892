import type * as wire from '../src/protocol/generated';
import { Refused } from '../src/protocol/refused';
import type {
  Accounts,
  CommandOf,
  Connection,
  ConnectionState,
  Identity,
  Outgoing,
  Preferences,
  ReplyTo,
  ServerEvent,
  TimelineState,
  Timelines,
} from '../src/state/ports';
import { id, me, member, people, roomCount, roomInfo } from './people';
import { talk } from './talk';

/** What a scene bends; everything else is an ordinary afternoon. */
export interface Scene {
  readonly anonymous?: boolean;
  readonly guest?: boolean;
  readonly rooms?: number;
  readonly messages?: number;
  readonly unread?: number;
  readonly link?: ConnectionState;
  /** A refusal for a command, by its tag; `hang` never answers. */
  readonly refuse?: Readonly<Record<string, { code: string; after?: number } | 'hang'>>;
  readonly outgoing?: readonly Outgoing['status'][];
  readonly writing?: boolean;
  readonly role?: wire.Role;
  readonly muted?: boolean;
  readonly loading?: boolean;
}

const identity: Identity = { profile: me, device: id('device', 0), guestRoom: null };

function refusal(code: string, after?: number): Refused {
  return new Refused({
    t: 'error',
    code,
    message: 'The server’s own sentence.',
    retryable: false,
    retry_after: after ?? null,
    field: null,
    incident: null,
  });
}

export class Source implements Accounts, Connection, Timelines {
  readonly limits = null;
  readonly session = null;
  state: ConnectionState = { at: 'idle' };
  readonly #scene: Scene;
  readonly #stateListeners = new Set<(state: ConnectionState) => void>();
  readonly #eventListeners = new Set<(event: ServerEvent) => void>();
  readonly #timelines = new Map<string, TimelineState>();
  readonly #watchers = new Map<string, Set<(state: TimelineState) => void>>();
  readonly #all = new Map<string, wire.Shown[]>();

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  // Accounts
  resume = async (): Promise<Identity | null> =>
    this.#scene.anonymous === true
      ? null
      : { ...identity, guestRoom: this.#scene.guest === true ? id('room', 0) : null };
  register = (): Promise<Identity> => this.#http('auth.register', identity);
  logIn = (): Promise<Identity> => this.#http('auth.log_in', identity);
  enterAsGuest = (): Promise<Identity> =>
    this.#http('auth.enter_as_guest', { ...identity, guestRoom: id('room', 0) });
  logOut = (): Promise<void> => this.#http('auth.log_out', undefined);
  logOutEverywhere = (): Promise<void> => this.#http('auth.log_out_everywhere', undefined);
  changePassword = (): Promise<void> => this.#http('auth.change_password', undefined);
  deleteAccount = (): Promise<void> => this.#http('auth.delete_account', undefined);
  setAvatar = (picture: Blob | null): Promise<wire.Profile> =>
    this.#http('auth.set_avatar', {
      ...me,
      avatar: picture ? URL.createObjectURL(picture) : null,
    });
  lookUpInvite = (): Promise<wire.InviteFound> =>
    this.#http('rooms.look_up_invite', {
      t: 'rooms.invite_found',
      room: id('room', 0),
      name: roomInfo(0).name,
      description: roomInfo(0).description,
      members: 12,
      online: 5,
      guests: true,
      expires_at: null,
    });

  // Connection
  start(): void {
    this.#move(this.#scene.link ?? { at: 'online', slow: false, resumed: false });
    if (this.#scene.link) {
      this.state = { at: 'online', slow: false, resumed: false };
      for (const listener of this.#stateListeners) listener(this.state);
      setTimeout(() => {
        this.#move(this.#scene.link as ConnectionState);
      }, 300);
    }
    if (this.#scene.writing === true) {
      for (const n of [1, 2]) {
        setTimeout(() => {
          this.#tell({ t: 'typing', room: id('room', 0), user: id('user', n), writing: true });
        }, 600);
      }
    }
  }
  stop(): void {
    this.#move({ at: 'idle' });
  }
  retryNow(): void {
    this.#move({ at: 'online', slow: false, resumed: true });
  }
  onState(listener: (state: ConnectionState) => void): () => void {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  }
  onEvent(listener: (event: ServerEvent) => void): () => void {
    this.#eventListeners.add(listener);
    return () => this.#eventListeners.delete(listener);
  }
  ask = <T extends wire.SocketTag>(command: CommandOf<T> & { t: T }): Promise<ReplyTo<T>> =>
    this.#http(command.t, this.#answer(command as wire.SocketCommand) as ReplyTo<T>);

  // Timelines
  followOnly = (): void => undefined;
  watch(room: string, listener: (state: TimelineState) => void): () => void {
    const watchers = this.#watchers.get(room) ?? new Set();
    this.#watchers.set(room, watchers.add(listener));
    listener(this.#timeline(room));
    return () => watchers.delete(listener);
  }
  async loadBefore(room: string): Promise<void> {
    const shown = this.#timeline(room);
    const first = shown.messages[0]?.seq ?? 1;
    this.#set(room, { ...shown, fetching: 'before' });
    await new Promise((resolve) => setTimeout(resolve, 120));
    const older = this.#everything(room).slice(Math.max(0, first - 51), first - 1);
    this.#set(room, {
      ...this.#timeline(room),
      fetching: null,
      messages: [...older, ...shown.messages],
      moreBefore: first - 51 > 0,
    });
  }
  loadAfter = async (): Promise<void> => undefined;
  async loadAround(room: string, seq: number): Promise<void> {
    const messages = this.#everything(room).slice(Math.max(0, seq - 26), seq + 24);
    const all = this.#everything(room).length;
    this.#set(room, {
      ...this.#timeline(room),
      messages,
      moreBefore: seq > 26,
      moreAfter: seq + 24 < all,
    });
  }
  async loadLatest(room: string): Promise<void> {
    this.#timelines.delete(room);
    this.#set(room, this.#timeline(room));
  }
  post(room: string, text: string, replyTo: number | null): string {
    const shown = this.#timeline(room);
    const clientId = `own-${Date.now()}`;
    const own: Outgoing = {
      clientId,
      room,
      text,
      replyTo,
      at: Date.now(),
      status: 'sending',
      refusal: null,
    };
    this.#set(room, { ...shown, outgoing: [...shown.outgoing, own] });
    setTimeout(() => {
      this.#store(own);
    }, 200);
    return clientId;
  }
  resend = (): void => undefined;
  discard(clientId: string): void {
    for (const [room, shown] of this.#timelines) {
      const outgoing = shown.outgoing.filter((own) => own.clientId !== clientId);
      this.#set(room, { ...shown, outgoing });
    }
  }
  edit = async (room: string, target: number, text: string): Promise<void> => {
    this.#change(room, target, (shown) => ({ ...shown, text, edited_at: Date.now() }));
  };
  remove = async (room: string, target: number): Promise<void> => {
    this.#change(room, target, (shown) => ({ ...shown, text: '', deleted: true }));
  };
  react = async (room: string, target: number, emoji: string): Promise<void> => {
    this.#change(room, target, (shown) => ({
      ...shown,
      reactions: [
        ...shown.reactions.filter((known) => known.emoji !== emoji),
        {
          emoji,
          users: [
            ...(shown.reactions.find((known) => known.emoji === emoji)?.users ?? []),
            me.user,
          ],
        },
      ],
    }));
  };
  unreact = async (room: string, target: number, emoji: string): Promise<void> => {
    this.#change(room, target, (shown) => ({
      ...shown,
      reactions: shown.reactions
        .map((known) =>
          known.emoji === emoji
            ? { emoji, users: known.users.filter((user) => user !== me.user) }
            : known,
        )
        .filter((known) => known.users.length > 0),
    }));
  };

  /** Someone else writes, for trying how the view follows. */
  hear(room: string, author: number, text: string): void {
    this.#store({
      clientId: `heard-${Date.now()}-${Math.random()}`,
      room,
      text,
      replyTo: null,
      at: Date.now(),
      status: 'sending',
      refusal: null,
      author: id('user', author),
    } as Outgoing & { author: string });
  }

  #store(own: Outgoing & { author?: string }): void {
    const shown = this.#timeline(own.room);
    const seq = shown.head + 1;
    const author = own.author ?? me.user;
    const message: wire.Shown = {
      seq,
      author,
      at: own.at,
      client_id: own.clientId,
      text: own.text,
      mentions: [],
      reply: null,
      reactions: [],
      edited_at: null,
      deleted: false,
      changed: seq,
    };
    this.#everything(own.room).push(message);
    this.#set(own.room, {
      ...shown,
      head: seq,
      messages: [...shown.messages, message],
      outgoing: shown.outgoing.filter((other) => other.clientId !== own.clientId),
    });
    this.#tell({
      t: 'message.posted',
      room: own.room,
      seq,
      at: own.at,
      author,
      client_id: own.clientId,
      prev: '',
      text: own.text,
      mentions: [],
      reply_to: null,
    });
  }

  #change(room: string, seq: number, change: (shown: wire.Shown) => wire.Shown): void {
    const shown = this.#timeline(room);
    this.#set(room, {
      ...shown,
      messages: shown.messages.map((message) => (message.seq === seq ? change(message) : message)),
    });
  }

  #everything(room: string): wire.Shown[] {
    const known = this.#all.get(room);
    if (known) return known;
    const made = talk(room, this.#scene.messages ?? 64);
    this.#all.set(room, made);
    return made;
  }

  #timeline(room: string): TimelineState {
    const known = this.#timelines.get(room);
    if (known) return known;
    const all = this.#everything(room);
    const made: TimelineState = {
      phase: this.#scene.loading === true ? 'loading' : 'ready',
      refusal: null,
      messages: all.slice(-50),
      outgoing: (this.#scene.outgoing ?? []).map((status, n) => ({
        clientId: `out-${n}`,
        room,
        text: ['On my way.', 'Who has the key to the shed?', 'I have it.'][n] ?? 'Hello',
        replyTo: null,
        at: Date.now() - 3000,
        status,
        refusal: status === 'failed' ? refusal('chat.slow_mode').refusal : null,
      })),
      moreBefore: all.length > 50,
      moreAfter: false,
      fetching: null,
      fetchFailed: false,
      head: all.length,
    };
    this.#timelines.set(room, made);
    return made;
  }

  #set(room: string, state: TimelineState): void {
    this.#timelines.set(room, state);
    for (const listener of this.#watchers.get(room) ?? []) listener(state);
  }

  #move(state: ConnectionState): void {
    this.state = state;
    for (const listener of this.#stateListeners) listener(state);
  }

  #tell(event: ServerEvent): void {
    for (const listener of this.#eventListeners) listener(event);
  }

  async #http<T>(tag: string, answer: T): Promise<T> {
    const refused = this.#scene.refuse?.[tag];
    if (refused === 'hang') return new Promise(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 20));
    if (refused) throw refusal(refused.code, refused.after);
    return answer;
  }

  #answer(command: wire.SocketCommand): unknown {
    const mine = Math.min(this.#scene.rooms ?? roomCount, roomCount);
    const role = this.#scene.role ?? 'owner';
    const asMe: wire.Member = {
      ...member(0, role),
      muted_until: this.#scene.muted === true ? Date.now() + 1_800_000 : 0,
    };
    switch (command.t) {
      case 'auth.profiles':
        return { profiles: people.filter((person) => command.users.includes(person.user)) };
      case 'auth.devices':
        return {
          devices: [
            { device: id('device', 0), label: 'Firefox on Linux', current: true },
            { device: id('device', 1), label: 'Safari on iPhone' },
            { device: id('device', 2), label: 'Chrome on Windows' },
          ].map((known, n) => ({
            created_at: Date.now() - 86_400_000 * 30,
            last_used_at: Date.now() - n * 7_200_000,
            current: false,
            ...known,
          })),
        };
      case 'auth.update_profile':
        return {
          profile: { ...me, display_name: command.display_name ?? '', bio: command.bio ?? '' },
        };
      case 'rooms.mine':
        return {
          rooms: Array.from({ length: mine }, (_, n) => ({
            info: roomInfo(n),
            me: asMe,
            online: (n * 5) % 13,
          })),
        };
      case 'rooms.get': {
        const n = Number(command.room.slice(2));
        return { info: roomInfo(n), me: n < mine ? asMe : null, online: 5 };
      }
      case 'rooms.members':
        return {
          members: [
            asMe,
            member(1, role === 'owner' ? 'moderator' : 'owner'),
            ...Array.from({ length: 10 }, (_, n) => member(n + 2)),
          ],
          revision: 3,
          next: null,
        };
      case 'rooms.presence':
        return {
          room: command.room,
          revision: 1,
          online: 5,
          users: [0, 1, 2, 4, 8].map((n) => id('user', n)),
          complete: true,
        };
      case 'rooms.browse': {
        const query = (command.query ?? '').toLowerCase();
        return {
          rooms: Array.from({ length: roomCount }, (_, n) => ({
            info: roomInfo(n),
            online: (n * 5) % 13,
          })).filter(({ info }) => !info.private && info.name.toLowerCase().includes(query)),
          next: query === '' ? 'more' : null,
        };
      }
      case 'rooms.invites':
        return {
          invites: [
            {
              code: 'Hx7dQ2mWkP9sLtVa',
              room: command.room,
              by: me.user,
              created_at: Date.now(),
              expires_at: Date.now() + 86_400_000 * 6,
              uses_left: 4,
              guests: true,
            },
          ],
        };
      case 'rooms.bans':
        return {
          bans: [
            { user: id('user', 9), by: me.user, at: Date.now() - 86_400_000, reason: 'Spam links' },
          ],
        };
      case 'rooms.create':
      case 'rooms.join':
      case 'rooms.update':
        return { info: roomInfo(0), me: asMe };
      case 'chat.unread':
        return {
          rooms: command.rooms.map((room) => {
            const n = Number(room.slice(2));
            const total = this.#everything(room).length;
            const unread = n === 0 ? (this.#scene.unread ?? 0) : [0, 3, 0, 128, 0, 0, 1, 0, 0][n];
            return {
              room,
              head: total,
              marker: total - (unread ?? 0),
              messages: unread ?? 0,
              mentions: n === 3 ? 2 : 0,
            };
          }),
        };
      case 'chat.mark_read':
        return { rooms: [] };
      default:
        return { t: 'done' };
    }
  }
}

/** Nothing is kept, so that each look begins alike. */
export const forgetful = (): Preferences => {
  const kept = new Map<string, string>();
  return {
    get: (name) => kept.get(name) ?? null,
    set: (name, value) => {
      if (value === null) kept.delete(name);
      else kept.set(name, value);
    },
  };
};
