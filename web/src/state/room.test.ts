import { describe, expect, test } from 'vitest';
import type { SocketCommand, SocketEvent, SocketReply } from '../protocol/generated';
import type { Connection } from './ports';
import { RoomModel } from './room.svelte';

const room = 'room';
const info = {
  room,
  name: 'Kitchen',
  description: '',
  private: false,
  owner: 'ann',
  capacity: 10,
  slow_mode: 0,
  members: 1,
  created_at: 1,
  revision: 5,
};
const ann = { user: 'ann', role: 'owner', joined_at: 1, muted_until: 0 } as const;
const bob = { user: 'bob', role: 'member', joined_at: 2, muted_until: 0 } as const;

/** A connection whose answers a test gives, in the order it wants. */
class Line {
  readonly state = { at: 'online', slow: false, resumed: false } as const;
  readonly limits = null;
  readonly #waiting: { t: string; answer: (reply: SocketReply) => void }[] = [];
  #hear: (event: SocketEvent) => void = () => undefined;

  ask(command: SocketCommand): Promise<SocketReply> {
    return new Promise((answer) => this.#waiting.push({ t: command.t, answer }));
  }

  onEvent(listener: (event: SocketEvent) => void): () => void {
    this.#hear = listener;
    return () => undefined;
  }

  onState(): () => void {
    return () => undefined;
  }

  tell(event: SocketEvent): void {
    this.#hear(event);
  }

  async answer(t: string, reply: SocketReply): Promise<void> {
    const index = this.#waiting.findIndex((asked) => asked.t === t);
    this.#waiting.splice(index, 1)[0]?.answer(reply);
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  }

  get asked(): string[] {
    return this.#waiting.map(({ t }) => t);
  }
}

async function opened(): Promise<{ line: Line; model: RoomModel }> {
  const line = new Line();
  const model = new RoomModel(room, line as unknown as Connection, 'ann');
  await line.answer('rooms.get', { t: 'rooms.found', info, me: ann, online: 1 });
  return { line, model };
}

describe('a snapshot that was overtaken', () => {
  test('still has the members who came meanwhile', async () => {
    const { line, model } = await opened();
    line.tell({ t: 'member.joined', room, revision: 7, member: bob, members: 2 });
    await line.answer('rooms.members', {
      t: 'rooms.members_page',
      members: [ann],
      revision: 6,
      next: null,
    });
    expect([...model.members.keys()]).toEqual(['ann', 'bob']);
    expect(model.info?.members).toBe(2);
    model.close();
  });

  test('still has who came online meanwhile, and is asked for again after a gap', async () => {
    const { line, model } = await opened();
    const snapshot = { t: 'rooms.presence_found', room, complete: true } as const;
    const changed = { t: 'presence.changed', room } as const;
    line.tell({ ...changed, revision: 12, after: 10, online: 2, joined: ['bob'], left: [] });
    await line.answer('rooms.presence', { ...snapshot, revision: 10, online: 1, users: ['ann'] });
    expect([model.isOnline('bob'), model.online]).toEqual([true, 2]);

    void model.loadPresence();
    line.tell({ ...changed, revision: 20, after: 18, online: 3, joined: ['cid'], left: [] });
    await line.answer('rooms.presence', { ...snapshot, revision: 14, online: 1, users: ['ann'] });
    expect(line.asked).toContain('rooms.presence');
    const users = ['ann', 'cid'];
    await line.answer('rooms.presence', { ...snapshot, revision: 20, online: 2, users });
    expect([model.isOnline('cid'), model.online]).toEqual([true, 2]);
    model.close();
  });
});
