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

  it('leaves rooms that are not wanted any more', async () => {
    await following(3);
    follower.followOnly([]);
    expect(server.end.last('session.unfollow').request.rooms).toEqual([room]);
    server.end.tell(post(4));
    expect(passedOn).toEqual([]);
  });
});
