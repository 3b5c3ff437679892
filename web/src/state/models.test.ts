import { beforeEach, describe, expect, test, vi } from 'vitest';
import type * as wire from '../protocol/generated';
import { Refused, refusedHere } from '../protocol/refused';
import { NotificationsModel } from './notifications.svelte';
import type {
  Accounts,
  Connection,
  ConnectionState,
  Identity,
  ServerEvent,
  Timelines,
} from './ports';
import { ProfilesModel } from './profiles.svelte';
import { RoomsModel } from './rooms.svelte';
import { SessionModel } from './session.svelte';

type Answers = Partial<Record<wire.SocketTag, (command: never) => unknown>>;

/** A connection that answers from a table and is moved by hand. */
class ScriptedConnection implements Connection {
  state: ConnectionState = { at: 'idle' };
  readonly limits = null;
  readonly session = null;
  readonly asked: wire.SocketCommand[] = [];
  readonly #answers: Answers;
  readonly #states = new Set<(state: ConnectionState) => void>();
  readonly #events = new Set<(event: ServerEvent) => void>();

  constructor(answers: Answers) {
    this.#answers = answers;
  }

  start(): void {
    this.move({ at: 'online', slow: false, resumed: false });
  }
  stop(): void {
    this.move({ at: 'idle' });
  }
  retryNow(): void {
    this.start();
  }
  onState(listener: (state: ConnectionState) => void): () => void {
    this.#states.add(listener);
    return () => this.#states.delete(listener);
  }
  onEvent(listener: (event: ServerEvent) => void): () => void {
    this.#events.add(listener);
    return () => this.#events.delete(listener);
  }
  ask<T extends wire.SocketTag>(
    command: wire.CommandByTag[T] & { t: T },
  ): Promise<wire.ReplyByTag[T]> {
    this.asked.push(command as wire.SocketCommand);
    const answer = this.#answers[command.t];
    if (!answer) return Promise.reject(refusedHere('client.offline'));
    return Promise.resolve(answer(command as never) as wire.ReplyByTag[T]);
  }

  move(state: ConnectionState): void {
    this.state = state;
    for (const listener of this.#states) listener(state);
  }
  tell(event: ServerEvent): void {
    for (const listener of this.#events) listener(event);
  }
  times(tag: wire.SocketTag): number {
    return this.asked.filter((command) => command.t === tag).length;
  }
}

const profile = (user: string): wire.Profile => ({
  user,
  name: user,
  display_name: `${user} the Kind`,
  bio: '',
  avatar: null,
  guest: false,
  gone: false,
  last_online: null,
  revision: 1,
});
const info = (room: string, revision = 1): wire.RoomInfo => ({
  room,
  name: room,
  description: '',
  private: false,
  owner: 'ann',
  capacity: 10,
  slow_mode: 0,
  members: 2,
  created_at: 1,
  revision,
});
const mine = (room: string): wire.MyRoom => ({
  info: info(room),
  me: { user: 'me', role: 'member', joined_at: 1, muted_until: 0 },
  online: 1,
});
const said = (room: string, seq: number, mentions: string[] = []): wire.MessagePosted => ({
  t: 'message.posted',
  room,
  seq,
  at: 1,
  author: 'ann',
  client_id: `client-${seq}`,
  prev: '',
  text: 'Hello',
  mentions,
  reply_to: null,
});
const unread = (room: string, marker: number, messages: number): wire.Unread => ({
  room,
  head: marker + messages,
  marker,
  messages,
  mentions: 0,
});

const identity: Identity = { profile: profile('me'), device: 'device', guestRoom: null };
const accounts = { resume: () => Promise.resolve(identity) } as Partial<Accounts> as Accounts;
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

describe('rooms', () => {
  let connection: ScriptedConnection;
  let followed: (readonly string[])[];
  let session: SessionModel;
  let rooms: RoomsModel;

  beforeEach(async () => {
    connection = new ScriptedConnection({
      'rooms.mine': () => ({ rooms: [mine('kitchen'), mine('larder')] }),
      'chat.unread': () => ({ rooms: [unread('kitchen', 4, 2), unread('larder', 1, 0)] }),
      'chat.mark_read': (command: wire.MarkRead) => ({
        rooms: [unread(command.room, command.seq, 0)],
      }),
      'rooms.join': () => ({ info: info('attic'), me: mine('attic').me }),
    });
    followed = [];
    const timelines = {
      followOnly: (list: readonly string[]) => followed.push(list),
    } as Partial<Timelines> as Timelines;
    session = new SessionModel(accounts, connection);
    rooms = new RoomsModel(connection, timelines, session);
    await session.start();
    await settled();
  });

  test('are listed, counted and followed with the connection', () => {
    expect(rooms.list.map((room) => room.info.room)).toEqual(['kitchen', 'larder']);
    expect(rooms.unreadOf('kitchen').messages).toBe(2);
    expect(rooms.unreadRooms).toBe(1);
    expect(followed.at(-1)).toEqual(['kitchen', 'larder']);
  });

  test('are asked for once a connection, and not when it only turns slow', async () => {
    connection.move({ at: 'online', slow: true, resumed: false });
    await settled();
    expect(connection.times('rooms.mine')).toBe(1);
    connection.move({ at: 'reconnecting', since: 1, why: 'lost' });
    connection.start();
    await settled();
    expect(connection.times('rooms.mine')).toBe(2);
  });

  test('count what is said, and nothing once it is read', async () => {
    connection.tell(said('larder', 2, ['me']));
    expect(rooms.unreadOf('larder')).toMatchObject({ messages: 1, mentions: 1 });
    expect(rooms.mentions).toBe(1);
    rooms.markRead('larder', 2);
    expect(rooms.unreadOf('larder').messages).toBe(0);
    rooms.markRead('larder', 2);
    rooms.tellReadNow();
    await settled();
    expect(connection.times('chat.mark_read')).toBe(1);
  });

  test('come and go by notices from any device', () => {
    connection.tell({ t: 'notice.room_added', room: mine('attic') });
    expect(rooms.of('attic')).toBeDefined();
    expect(followed.at(-1)).toContain('attic');
    connection.tell({ t: 'notice.room_removed', room: 'kitchen', why: 'banned' });
    expect(rooms.of('kitchen')).toBeUndefined();
    expect(rooms.removedFrom('kitchen')).toBe('banned');
    connection.tell({ t: 'notice.room_removed', room: 'larder', why: 'left' });
    expect(rooms.removedFrom('larder')).toBeUndefined();
  });

  test('are entered by joining, and the reason for having been sent away is forgotten', async () => {
    connection.tell({ t: 'notice.room_removed', room: 'attic', why: 'kicked' });
    await rooms.join('attic');
    expect(rooms.of('attic')?.me.role).toBe('member');
    expect(rooms.removedFrom('attic')).toBeUndefined();
  });

  test('keep the newer of two versions', () => {
    const named = (name: string, revision: number): ServerEvent => ({
      t: 'room.updated',
      room: 'kitchen',
      revision,
      info: { ...info('kitchen', revision), name },
    });
    connection.tell(named('Pantry', 5));
    connection.tell(named('Cellar', 4));
    expect(rooms.of('kitchen')?.info.name).toBe('Pantry');
  });

  test('a sign-out from elsewhere ends the session here', () => {
    connection.move({ at: 'ended', why: 'signed_out' });
    expect(session.phase).toBe('anonymous');
    expect(session.endedElsewhere).toBe(true);
  });
});

describe('profiles', () => {
  test('are asked for together, once each, and again when someone changes', async () => {
    const connection = new ScriptedConnection({
      'auth.profiles': ({ users }: wire.FetchProfiles) => ({ profiles: users.map(profile) }),
    });
    const profiles = new ProfilesModel(connection, () => 'gone');
    connection.start();
    expect(profiles.nameOf('ann')).toBe('…');
    profiles.of('bob');
    profiles.of('ann');
    await settled();
    expect(connection.asked).toEqual([{ t: 'auth.profiles', users: ['ann', 'bob'] }]);
    expect(profiles.nameOf('ann')).toBe('ann the Kind');
    connection.tell({ t: 'member.profile_changed', room: 'kitchen', user: 'ann' });
    await settled();
    expect(connection.asked.at(-1)).toEqual({ t: 'auth.profiles', users: ['ann'] });
  });

  test('can be waited for, and nobody waits for what can’t be asked', async () => {
    const connection = new ScriptedConnection({
      'auth.profiles': ({ users }: wire.FetchProfiles) => ({ profiles: users.map(profile) }),
    });
    const profiles = new ProfilesModel(connection, () => 'gone');
    await profiles.meet(['ann']);
    expect(profiles.nameOf('ann')).toBe('…');
    connection.start();
    profiles.of('bob');
    await profiles.meet(['ann', 'bob']);
    expect([profiles.nameOf('ann'), profiles.nameOf('bob')]).toEqual([
      'ann the Kind',
      'bob the Kind',
    ]);
    expect(connection.asked).toHaveLength(1);
  });

  test('wait for a connection, a hundred at a time', async () => {
    const connection = new ScriptedConnection({
      'auth.profiles': ({ users }: wire.FetchProfiles) => ({ profiles: users.map(profile) }),
    });
    const profiles = new ProfilesModel(connection, () => 'gone');
    for (let n = 0; n < 130; n += 1) profiles.of(`user-${n}`);
    await settled();
    expect(connection.asked).toEqual([]);
    connection.start();
    await settled();
    expect(connection.asked.map((asked) => (asked as wire.FetchProfiles).users.length)).toEqual([
      100, 30,
    ]);
  });

  test('match the beginnings of names, accents apart', async () => {
    const connection = new ScriptedConnection({});
    const profiles = new ProfilesModel(connection, () => 'gone');
    profiles.learn({ ...profile('el'), display_name: 'Élodie Öberg' });
    profiles.learn({ ...profile('ob'), display_name: 'Bob', name: 'bob' });
    const found = (prefix: string): string[] =>
      profiles.matching(['el', 'ob'], prefix, 5).map(({ user }) => user);
    expect(found('elo')).toEqual(['el']);
    expect(found('ö')).toEqual(['el']);
    expect(found('b')).toEqual(['ob']);
    expect(found('die')).toEqual([]);
  });
});

describe('a session', () => {
  test('is unreachable, not anonymous, where the server can’t be asked', async () => {
    const away = { resume: () => Promise.reject(refusedHere('client.offline')) };
    const session = new SessionModel(
      away as Partial<Accounts> as Accounts,
      new ScriptedConnection({}),
    );
    await session.start();
    expect(session.phase).toBe('unreachable');
  });

  test('stays as it is where signing in is refused', async () => {
    const refusal = new Refused({ t: 'error', code: 'auth.wrong_credentials', message: '' });
    const strict = {
      resume: () => Promise.resolve(null),
      logIn: () => Promise.reject(refusal),
    };
    const connection = new ScriptedConnection({});
    const session = new SessionModel(strict as Partial<Accounts> as Accounts, connection);
    await session.start();
    await expect(session.logIn({ name: 'ann', password: 'x' })).rejects.toBe(refusal);
    expect(session.phase).toBe('anonymous');
    expect(connection.state.at).toBe('idle');
  });
});

describe('notifications', () => {
  const shown: string[] = [];
  const page = { visibilityState: 'hidden' as DocumentVisibilityState };
  const kept = new Map<string, string>();
  let connection: ScriptedConnection;
  let notifications: NotificationsModel;

  beforeEach(async () => {
    shown.length = 0;
    kept.clear();
    page.visibilityState = 'hidden';
    class ShownNotification extends EventTarget {
      static permission = 'default';
      static requestPermission(): Promise<string> {
        return Promise.resolve('granted');
      }
      constructor(title: string, options: { body: string }) {
        super();
        shown.push(`${title}: ${options.body}`);
      }
    }
    vi.stubGlobal('Notification', ShownNotification);
    connection = new ScriptedConnection({});
    notifications = new NotificationsModel(
      connection,
      {
        get: (name) => kept.get(name) ?? null,
        set: (name, value) => (value === null ? kept.delete(name) : kept.set(name, value)),
      },
      page as Document,
      (message) => Promise.resolve({ title: message.author, body: message.text }),
      () => undefined,
      () => 'me',
    );
    await notifications.enable(true);
  });

  test('call back to a hidden page', async () => {
    connection.tell(said('kitchen', 1));
    await settled();
    expect(shown).toEqual(['ann: Hello']);
  });

  test('keep quiet in front of the person, and about their own words', async () => {
    connection.tell({ ...said('kitchen', 1), author: 'me' });
    page.visibilityState = 'visible';
    connection.tell(said('kitchen', 2));
    await settled();
    expect(shown).toEqual([]);
  });

  test('are given up in a browser that has them in name only', async () => {
    vi.stubGlobal(
      'Notification',
      // Not a constructor: `new` throws the TypeError that Android's does.
      Object.assign(() => undefined, { permission: 'granted' }),
    );
    connection.tell(said('kitchen', 1));
    await settled();
    expect(notifications.permission).toBe('unsupported');
    expect(notifications.enabled).toBe(false);
  });

  test('can be kept to mentions', async () => {
    notifications.limitToMentions(true);
    connection.tell(said('kitchen', 1));
    connection.tell(said('kitchen', 2, ['me']));
    await settled();
    expect(shown).toHaveLength(1);
  });

  test('are remembered, and end when they are not wanted', async () => {
    expect(kept.get('notify')).toBe('yes');
    await notifications.enable(false);
    connection.tell(said('kitchen', 1));
    await settled();
    expect(shown).toEqual([]);
    expect(kept.has('notify')).toBe(false);
  });
});
