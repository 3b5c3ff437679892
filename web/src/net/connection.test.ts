import { beforeEach, describe, expect, it } from 'vitest';
import { anId, ScriptedServer } from '../../test/support/scripted_server';
import { settled, StillClock } from '../../test/support/still_clock';
import { Refused, refusedHere } from '../protocol/refused';
import type { SocketEvent } from '../protocol/generated';
import { Connection, type ConnectionState } from './connection';

const room = anId('r');

class Tokens {
  asked: (boolean | undefined)[] = [];
  fails: Refused | null = null;
  #listeners: ((token: string) => void)[] = [];

  token(renewed?: boolean): Promise<string> {
    this.asked.push(renewed);
    if (this.fails !== null) return Promise.reject(this.fails);
    return Promise.resolve(`token-${this.asked.length}`);
  }

  onRenewed(listener: (token: string) => void): () => void {
    this.#listeners.push(listener);
    return () => undefined;
  }

  renew(token: string): void {
    for (const listener of this.#listeners) listener(token);
  }
}

let clock: StillClock;
let server: ScriptedServer;
let tokens: Tokens;
let connection: Connection;
let states: ConnectionState[];
let networkUp: boolean;

beforeEach(() => {
  clock = new StillClock();
  server = new ScriptedServer();
  tokens = new Tokens();
  networkUp = true;
  states = [];
  connection = new Connection({
    open: server.open,
    tokens,
    clock,
    random: () => 0.5,
    isNetworkUp: () => networkUp,
  });
  connection.onState((state) => states.push(state));
});

async function online(): Promise<void> {
  connection.start();
  await settled();
  server.end.greet();
  await settled();
}

async function refusalOf(answer: Promise<unknown>): Promise<string> {
  const thrown: unknown = await answer.then(
    () => new Error('it was answered'),
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(Refused);
  return (thrown as Refused).code;
}

describe('greeting', () => {
  it('says hello with a token and is online once welcomed', async () => {
    connection.start();
    expect(connection.state.at).toBe('connecting');
    await settled();
    server.end.open();
    expect(server.end.last('session.hello').request).toEqual({
      t: 'session.hello',
      token: 'token-1',
      versions: [1],
      session: null,
    });
    server.end.greet();
    expect(connection.state).toEqual({ at: 'online', slow: false, resumed: false });
    expect(connection.limits?.message_chars).toBe(4000);
  });

  it('tries again when no welcome comes in time', async () => {
    connection.start();
    await settled();
    server.end.open();
    await clock.pass(10_000);
    expect(server.ends[0]?.isClosed).toBe(true);
    await clock.pass(300);
    expect(server.ends).toHaveLength(2);
  });

  it('asks for a new token once when the old one is refused, and then gives up', async () => {
    connection.start();
    await settled();
    const expired = { t: 'error', code: 'auth.token_expired', message: '' } as const;
    server.end.open();
    server.end.answer('hello', expired);
    await clock.pass(300);
    expect(tokens.asked).toEqual([false, true]);
    server.end.open();
    server.end.answer('hello', expired);
    expect(connection.state).toEqual({ at: 'ended', why: 'signed_out' });
  });

  it('keeps trying while tokens can not be had, and ends when the sign-in is over', async () => {
    tokens.fails = refusedHere('client.offline');
    connection.start();
    await clock.pass(300);
    expect(connection.state.at).toBe('reconnecting');
    expect(tokens.asked.length).toBeGreaterThan(1);
    tokens.fails = new Refused({ t: 'error', code: 'auth.refresh_reused', message: '' });
    await clock.pass(60_000);
    expect(connection.state).toEqual({ at: 'ended', why: 'signed_out' });
  });
});

describe('coming back', () => {
  it('goes on with its session', async () => {
    await online();
    server.end.drop();
    expect(connection.state).toMatchObject({ at: 'reconnecting', why: 'lost' });
    await clock.pass(250);
    server.end.greet({ resumed: true });
    expect(server.end.last('session.hello').request.session).toBe(anId('s'));
    expect(connection.state).toEqual({ at: 'online', slow: false, resumed: true });
  });

  it('waits longer each time, up to a limit, with jitter', async () => {
    await online();
    server.end.drop();
    const waits: number[] = [];
    for (let attempt = 0; attempt < 9; attempt += 1) {
      const before = clock.now();
      const dialled = server.ends.length;
      while (server.ends.length === dialled) await clock.pass(1);
      waits.push(clock.now() - before);
      server.end.drop();
    }
    expect(waits).toEqual([250, 400, 640, 1024, 1639, 2622, 4195, 6711, 10_000]);
  });

  it('forgets its impatience only after a connection that held', async () => {
    await online();
    for (const wait of [250, 400, 640]) {
      server.end.drop();
      await clock.pass(wait);
      server.end.greet();
    }
    await clock.pass(5000);
    server.end.drop();
    await clock.pass(250);
    expect(server.ends).toHaveLength(5);
  });

  it.each([
    [4500, 'refused'],
    [4501, 'signed_out'],
    [4502, 'outdated'],
    [4504, 'refused'],
  ])('stays away after close code %i', async (code, why) => {
    await online();
    server.end.drop(code);
    expect(connection.state).toEqual({ at: 'ended', why });
    await clock.pass(120_000);
    expect(server.ends).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  it('takes a new token after 4004 and a new session after 4005', async () => {
    await online();
    server.end.drop(4004);
    await clock.pass(250);
    expect(tokens.asked).toEqual([false, true]);
    server.end.greet();
    server.end.drop(4005);
    await clock.pass(500);
    server.end.open();
    expect(server.end.last('session.hello').request.session).toBeNull();
  });

  it('leaves a server that goes away at the time it was given', async () => {
    await online();
    server.end.tell({ t: 'session.going_away', delay_ms: 3000 });
    await clock.pass(2999);
    expect(connection.state.at).toBe('online');
    await clock.pass(1);
    expect(connection.state).toMatchObject({ at: 'reconnecting', why: 'updating' });
    expect(server.ends).toHaveLength(2);
    expect(server.ends[0]?.isClosed).toBe(true);
  });

  it('waits for that time even if the server is gone sooner', async () => {
    await online();
    server.end.tell({ t: 'session.going_away', delay_ms: 3000 });
    await clock.pass(1000);
    server.end.drop(4000);
    await clock.pass(1999);
    expect(server.ends).toHaveLength(1);
    await clock.pass(1);
    expect(server.ends).toHaveLength(2);
  });

  it('tries at once when told to, and names a network that is down', async () => {
    await online();
    networkUp = false;
    server.end.drop();
    expect(connection.state).toMatchObject({ at: 'reconnecting', why: 'offline' });
    connection.retryNow();
    await settled();
    expect(server.ends).toHaveLength(2);
  });

  it('hears nothing more from a connection it has left', async () => {
    await online();
    const left = server.end;
    left.drop();
    await clock.pass(250);
    server.end.greet();
    left.drop(4501);
    left.say('{"t":"typing"}');
    expect(connection.state.at).toBe('online');
  });
});

describe('heartbeat', () => {
  it('pings before the server would miss it, and stays quiet about answers', async () => {
    await online();
    await clock.pass(15_000);
    expect(server.end.commands).toEqual(['session.hello', 'session.ping']);
    server.end.answer('ping', { t: 'session.pong', now: clock.now() });
    await clock.pass(14_999);
    expect(connection.state).toEqual({ at: 'online', slow: false, resumed: false });
  });

  it('says slow, then well again', async () => {
    await online();
    await clock.pass(17_000);
    expect(connection.state).toMatchObject({ at: 'online', slow: true });
    server.end.answer('ping', { t: 'session.pong', now: clock.now() });
    expect(connection.state).toMatchObject({ slow: true });
    await clock.pass(3000);
    server.end.answer('ping', { t: 'session.pong', now: clock.now() });
    expect(connection.state).toMatchObject({ at: 'online', slow: false });
  });

  it('leaves a peer that is silent, however open its socket looks', async () => {
    await online();
    await clock.pass(23_000);
    expect(connection.state.at).toBe('reconnecting');
    expect(server.ends[0]?.isClosed).toBe(true);
  });

  it('finds a dead peer sooner where it owes an answer', async () => {
    await online();
    connection.ask({ t: 'rooms.mine' }).catch(() => undefined);
    await clock.pass(2999);
    expect(server.end.commands).not.toContain('session.ping');
    await clock.pass(8001);
    expect(server.ends[0]?.isClosed).toBe(true);
  });

  it('does not ask a peer that answers whether it is there', async () => {
    await online();
    for (let second = 0; second < 10; second += 1) {
      const mine = connection.ask({ t: 'rooms.mine' });
      await clock.pass(1000);
      server.end.answer(server.end.last('rooms.mine').id, { t: 'rooms.mine_found', rooms: [] });
      await mine;
    }
    expect(server.end.commands).not.toContain('session.ping');
  });

  it('counts anything heard as life', async () => {
    await online();
    await clock.pass(22_000);
    server.end.tell({ t: 'typing', room, user: anId('a'), writing: true });
    await clock.pass(7000);
    expect(connection.state.at).toBe('online');
  });

  it('probes at once when the page comes back', async () => {
    await online();
    connection.look();
    expect(server.end.commands).toEqual(['session.hello', 'session.ping']);
    await clock.pass(8000);
    expect(connection.state.at).toBe('reconnecting');
  });
});

describe('asking', () => {
  const post = { t: 'chat.post', room, client_id: 'client-1', text: 'hi' } as const;

  it('answers each by its id, in any order', async () => {
    await online();
    const first = connection.ask({ t: 'rooms.get', room });
    const second = connection.ask({ t: 'rooms.mine' });
    server.end.answer(server.end.last('rooms.mine').id, { t: 'rooms.mine_found', rooms: [] });
    await expect(second).resolves.toEqual({ t: 'rooms.mine_found', rooms: [] });
    const refusal = { t: 'error', code: 'rooms.unknown', message: 'no' } as const;
    server.end.answer(server.end.last('rooms.get').id, refusal);
    expect(await refusalOf(first)).toBe('rooms.unknown');
  });

  it('waits for the first connection, and sends in the order of asking', async () => {
    connection.start();
    void connection.ask({ t: 'rooms.mine' });
    void connection.ask({ t: 'rooms.get', room });
    await settled();
    server.end.greet();
    expect(server.end.commands).toEqual(['session.hello', 'rooms.mine', 'rooms.get']);
  });

  it('repeats what has a client id on the next connection, and tells of the rest', async () => {
    await online();
    const posted = connection.ask(post);
    const got = connection.ask({ t: 'rooms.get', room });
    server.end.drop();
    expect(await refusalOf(got)).toBe('client.lost');
    await clock.pass(250);
    server.end.greet({ resumed: true });
    const { id, request } = server.end.last('chat.post');
    expect(request).toEqual(post);
    server.end.answer(id, { t: 'chat.appended', room, seq: 1, at: 5 });
    await expect(posted).resolves.toMatchObject({ seq: 1 });
  });

  it('refuses at once without a connection, unless a client id makes waiting safe', async () => {
    await online();
    server.end.drop();
    expect(await refusalOf(connection.ask({ t: 'rooms.mine' }))).toBe('client.offline');
    const posted = connection.ask(post);
    networkUp = false;
    await clock.pass(249);
    connection.stop();
    expect(await refusalOf(posted)).toBe('client.offline');
    expect(await refusalOf(connection.ask(post))).toBe('client.offline');
    expect(clock.pending).toBe(0);
  });

  it('gives up on an answer that never comes, and on one that nobody wants', async () => {
    await online();
    const late = connection.ask({ t: 'rooms.mine' });
    const leaving = new AbortController();
    const unwanted = connection.ask({ t: 'rooms.get', room }, leaving.signal);
    leaving.abort();
    expect(await refusalOf(unwanted)).toBe('client.cancelled');
    for (let second = 0; second < 15; second += 1) {
      server.end.tell({ t: 'typing', room, user: anId('a'), writing: true });
      await clock.pass(1000);
    }
    expect(await refusalOf(late)).toBe('client.timeout');
  });

  it('holds requests back while the socket is full', async () => {
    await online();
    server.end.bufferedAmount = 1_000_000;
    void connection.ask({ t: 'rooms.mine' });
    void connection.ask({ t: 'rooms.get', room });
    await clock.pass(200);
    expect(server.end.commands).toEqual(['session.hello']);
    server.end.bufferedAmount = 0;
    await clock.pass(50);
    expect(server.end.commands).toEqual(['session.hello', 'rooms.mine', 'rooms.get']);
  });

  it('refuses a frame that the server would close the connection for', async () => {
    await online();
    const huge = connection.ask({ ...post, text: 'å'.repeat(40_000) });
    expect(await refusalOf(huge)).toBe('request.too_large');
    expect(server.end.commands).toEqual(['session.hello']);
  });

  it('hands a renewed token over', async () => {
    await online();
    tokens.renew('token-new');
    expect(server.end.last('session.renew').request.token).toBe('token-new');
  });

  it('survives what is no frame', async () => {
    await online();
    const events: SocketEvent[] = [];
    connection.onEvent((event) => events.push(event));
    server.end.say('not json');
    server.end.say('null');
    server.end.tell({ t: 'typing', room, user: anId('a'), writing: true });
    expect(events).toHaveLength(1);
    expect(connection.state.at).toBe('online');
  });
});
