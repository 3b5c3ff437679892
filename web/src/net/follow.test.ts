import { beforeEach, describe, expect, it } from 'vitest';
import { anId, ScriptedServer } from '../../test/support/scripted_server';
import { settled, StillClock } from '../../test/support/still_clock';
import type { FollowedRoom, TimelineEntry } from '../protocol/generated';
import { Connection } from './connection';
import { Follower, isEntry } from './follow';

const room = anId('r');

function post(seq: number, where = room): TimelineEntry {
  return {
    t: 'message.posted',
    room: where,
    seq,
    at: seq,
    author: anId('a'),
    client_id: `client-${seq}`,
    prev: '',
    text: String(seq),
    mentions: [],
  };
}

let clock: StillClock;
let server: ScriptedServer;
let connection: Connection;
let follower: Follower;
let passedOn: number[];
let restarts: string[];

beforeEach(async () => {
  clock = new StillClock();
  server = new ScriptedServer();
  connection = new Connection({
    open: server.open,
    tokens: { token: () => Promise.resolve('token'), onRenewed: () => () => undefined },
    clock,
    random: () => 0.5,
    isNetworkUp: () => true,
  });
  follower = new Follower(connection, clock, () => 0.5);
  passedOn = [];
  restarts = [];
  follower.onEntry((entry) => passedOn.push(entry.seq));
  follower.onRestart((id) => restarts.push(id));
  connection.onEvent((event) => {
    if (isEntry(event)) follower.take(event);
  });
  connection.start();
  await settled();
  server.end.greet();
});

async function answerFollow(...rooms: FollowedRoom[]): Promise<void> {
  server.end.answer(server.end.last('session.follow').id, { t: 'session.followed', rooms });
  await settled();
}

async function following(head: number): Promise<void> {
  follower.followOnly([room]);
  await clock.pass(0);
  await answerFollow({ room, recovered: true, head, entries: [] });
}

/** How long it takes to the next question, in milliseconds, on a connection that answers pings. */
async function nextQuestion(most = 30_000): Promise<number> {
  const before = questions().length;
  for (let passed = 0; passed <= most; passed += 100) {
    if (questions().length > before) return passed;
    await clock.pass(100);
    if (server.end.commands.at(-1) === 'session.ping') server.end.answer('ping', { t: 'done' });
  }
  return Infinity;
}

/** The rooms of each question on this connection. */
function questions(): string[][] {
  return server.end.frames.flatMap(({ request }) =>
    request.t === 'session.follow' ? [request.places.map((place) => place.room)] : [],
  );
}

describe('following', () => {
  it('asks in chunks that the server takes', async () => {
    const rooms = Array.from(
      { length: 150 },
      (_, index) => anId('r').slice(0, 23) + String(100 + index),
    );
    follower.followOnly(rooms);
    await clock.pass(0);
    const asked = server.end.frames.flatMap(({ request }) =>
      request.t === 'session.follow' ? [request.places.length] : [],
    );
    expect(asked).toEqual([64, 64, 22]);
  });

  it('is placed by the first answer, and passes on what comes after, in order', async () => {
    follower.followOnly([room]);
    await clock.pass(0);
    server.end.tell(post(8));
    server.end.tell(post(7));
    expect(passedOn).toEqual([]);
    await answerFollow({ room, recovered: false, head: 6, entries: [post(5), post(6)] });
    expect(passedOn).toEqual([7, 8]);
    server.end.tell(post(8));
    server.end.tell(post(9));
    expect(passedOn).toEqual([7, 8, 9]);
  });

  it('comes back with its place and takes what it missed', async () => {
    await following(3);
    server.end.tell(post(4));
    server.end.drop();
    await clock.pass(250);
    server.end.greet({ resumed: true });
    await clock.pass(0);
    expect(server.end.last('session.follow').request.places).toEqual([{ room, after: 4 }]);
    server.end.tell(post(7));
    await answerFollow({ room, recovered: true, head: 6, entries: [post(5), post(6)] });
    expect(passedOn).toEqual([4, 5, 6, 7]);
    expect(restarts).toEqual([room]);
  });

  it('says that a room begins again where the server can not recover it', async () => {
    await following(3);
    restarts.length = 0;
    server.end.drop();
    await clock.pass(250);
    server.end.greet();
    await clock.pass(0);
    await answerFollow({ room, recovered: false, head: 900, entries: [] });
    expect(restarts).toEqual([room]);
    server.end.tell(post(901));
    expect(passedOn).toEqual([901]);
  });

  it('asks for what is missing once, and only if it stays missing', async () => {
    await following(3);
    server.end.tell(post(5));
    server.end.tell(post(6));
    await clock.pass(100);
    server.end.tell(post(4));
    await clock.pass(1000);
    expect(server.end.commands).not.toContain('chat.since');
    server.end.tell(post(9));
    server.end.tell(post(10));
    await clock.pass(300);
    const asked = server.end.frames.filter(({ request }) => request.t === 'chat.since');
    expect(asked).toHaveLength(1);
    expect(asked[0]?.request).toMatchObject({ room, after: 6 });
    const entries = [post(7), post(8), post(9)];
    server.end.answer(asked[0]?.id ?? '', {
      t: 'chat.since_found',
      room,
      recovered: true,
      head: 9,
      entries,
    });
    await settled();
    expect(passedOn).toEqual([4, 5, 6, 7, 8, 9, 10]);
  });

  it('asks for an entry that somebody told of and that does not come', async () => {
    await following(3);
    follower.heardOf(room, 4);
    await clock.pass(300);
    expect(server.end.last('chat.since').request).toMatchObject({ after: 3 });
  });

  it('tries again after a refusal that may pass, and leaves a final one be', async () => {
    const banned = anId('b');
    follower.followOnly([room, banned]);
    await clock.pass(0);
    await answerFollow(
      { room, error: 'request.unavailable' },
      { room: banned, error: 'rooms.banned' },
    );
    await clock.pass(2000);
    expect(server.end.last('session.follow').request.places).toEqual([{ room, after: 0 }]);
    server.end.answer(server.end.last('session.follow').id, {
      t: 'error',
      code: 'request.rate_limited',
      message: '',
      retry_after: 3,
    });
    await settled();
    const asked = server.end.frames.length;
    await clock.pass(2999);
    expect(server.end.frames).toHaveLength(asked);
    await clock.pass(1);
    expect(server.end.frames).toHaveLength(asked + 1);
  });

  it('goes on asking as long as the server is only busy, and ever more rarely', async () => {
    follower.followOnly([room]);
    await clock.pass(0);
    const waits: number[] = [];
    for (const code of [...Array<string>(9).fill('request.unavailable'), 'request.timeout']) {
      await answerFollow({ room, error: code });
      waits.push(await nextQuestion());
    }
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect(waits.at(-1)).toBe(10_000);
    await answerFollow({ room, recovered: true, head: 3, entries: [] });
    server.end.tell(post(4));
    expect(passedOn).toEqual([4]);
  });

  it('asks together for all rooms that failed together, and counts the tries of each', async () => {
    const draws = [0.9, 0.1, 0.6, 0.4];
    follower = new Follower(connection, clock, () => draws.shift() ?? 0.5);
    const rooms = [anId('1'), anId('2'), anId('3')];
    follower.followOnly(rooms);
    await clock.pass(0);
    const waits: number[] = [];
    for (let tries = 1; tries <= 5; tries += 1) {
      expect(questions()).toEqual(Array(tries).fill(rooms));
      await answerFollow(...rooms.map((id) => ({ room: id, error: 'rooms.not_member' })));
      waits.push(await nextQuestion());
    }
    expect(waits).toEqual([800, 200, 1300, 1400, Infinity]);
  });

  it('does not ask sooner for what failed because another room is wanted', async () => {
    follower.followOnly([room]);
    await clock.pass(0);
    await answerFollow({ room, error: 'rooms.not_member' });
    follower.followOnly([room, anId('2')]);
    await clock.pass(0);
    expect(questions()).toEqual([[room], [anId('2')]]);
    await nextQuestion();
    expect(questions()).toEqual([[room], [anId('2')], [room]]);
  });

  it('asks anew on a new connection for what it had given up, unless that was final', async () => {
    follower.followOnly([room, anId('b')]);
    await clock.pass(0);
    await answerFollow(
      { room, error: 'rooms.not_member' },
      { room: anId('b'), error: 'rooms.banned' },
    );
    for (let tries = 2; tries <= 5; tries += 1) {
      await nextQuestion();
      await answerFollow({ room, error: 'rooms.not_member' });
    }
    expect(await nextQuestion()).toBe(Infinity);
    server.end.drop();
    await clock.pass(250);
    server.end.greet({ resumed: true });
    await clock.pass(0);
    expect(questions()).toEqual([[room]]);
  });

  it('goes on following where the connection only becomes slow', async () => {
    await following(3);
    await clock.pass(17_500);
    expect(connection.state).toMatchObject({ at: 'online', slow: true });
    expect(questions()).toHaveLength(1);
    server.end.tell(post(4));
    expect(passedOn).toEqual([4]);
  });

  it('leaves rooms that are not wanted any more', async () => {
    await following(3);
    follower.followOnly([]);
    expect(server.end.last('session.unfollow').request.rooms).toEqual([room]);
    server.end.tell(post(4));
    expect(passedOn).toEqual([]);
  });
});
