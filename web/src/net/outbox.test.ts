import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { room } from '../../test/support/model_room';
import { me, other, post, RoomPage } from '../../test/support/room_page';
import { settled } from '../../test/support/still_clock';
import { IndexedUnsent } from './unsent';

/** Beside other tests a database takes more than the second that is given by itself. */
const PATIENCE = { timeout: 30_000 };

let alive: Set<string>;
let page: RoomPage;

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  alive = new Set();
  page = new RoomPage('one', alive);
});

describe('own messages', () => {
  it('are shown at once, and stay one when acknowledged and when they arrive', async () => {
    await page.open([]);
    const id = page.timelines.post(room, 'hello', null);
    expect(page.outgoing).toEqual(['hello sending']);
    await settled();
    const { end } = page.server;
    expect(end.last('chat.post').request.client_id).toBe(id);
    end.answer(end.last('chat.post').id, { t: 'chat.appended', room, seq: 1, at: 5 });
    await settled();
    expect(page.outgoing).toEqual(['hello sending']);
    end.tell(post(1, me, id));
    expect(page.outgoing).toEqual([]);
    expect(page.state.messages.map((message) => message.client_id)).toEqual([id]);
  });

  it('may arrive before they are acknowledged', async () => {
    await page.open([]);
    const id = page.timelines.post(room, 'hello', null);
    await settled();
    page.server.end.tell(post(1, me, id));
    expect(page.outgoing).toEqual([]);
    page.server.end.answer(page.server.end.last('chat.post').id, {
      t: 'chat.appended',
      room,
      seq: 1,
      at: 5,
    });
    await settled();
    expect(page.state.messages).toHaveLength(1);
    expect(page.outgoing).toEqual([]);
  });

  it('are sent one after the other, in the order of writing', async () => {
    await page.open([]);
    page.timelines.post(room, 'first', null);
    page.timelines.post(room, 'second', 3);
    await settled();
    const { end } = page.server;
    expect(end.commands.filter((t) => t === 'chat.post')).toHaveLength(1);
    end.answer(end.last('chat.post').id, { t: 'chat.appended', room, seq: 1, at: 5 });
    await settled();
    expect(end.last('chat.post').request).toMatchObject({ text: 'second', reply_to: 3 });
  });

  it('wait for the connection, and are sent again with the same id', async () => {
    await page.open([]);
    const id = page.timelines.post(room, 'hello', null);
    await settled();
    page.server.end.drop();
    expect(page.outgoing).toEqual(['hello queued']);
    await page.clock.pass(250);
    page.server.end.greet({ resumed: true });
    await settled();
    expect(page.server.end.last('chat.post').request.client_id).toBe(id);
    expect(page.server.end.commands.filter((t) => t === 'chat.post')).toHaveLength(1);
  });

  it('show why they were refused, let others go on, and can be sent again or given up', async () => {
    await page.open([]);
    const id = page.timelines.post(room, 'shout', null);
    page.timelines.post(room, 'second', null);
    await settled();
    const { end } = page.server;
    const muted = { t: 'error', code: 'rooms.muted', message: '', retryable: true } as const;
    end.answer(end.last('chat.post').id, muted);
    await settled();
    expect(page.outgoing).toEqual(['shout failed', 'second sending']);
    expect(page.state.outgoing[0]?.refusal?.code).toBe('rooms.muted');
    end.answer(end.last('chat.post').id, { t: 'chat.appended', room, seq: 1, at: 5 });
    await settled();
    page.timelines.resend(id);
    await settled();
    expect(end.last('chat.post').request.client_id).toBe(id);
    end.answer(end.last('chat.post').id, muted);
    await settled();
    page.timelines.discard(id);
    expect(page.outgoing).toEqual(['second sending']);
  });

  it('wait as long as the room is slow', async () => {
    await page.open([]);
    page.timelines.post(room, 'again', null);
    await settled();
    const { end } = page.server;
    end.answer(end.last('chat.post').id, {
      t: 'error',
      code: 'chat.slow_mode',
      message: '',
      retryable: true,
      retry_after: 7,
    });
    await page.clock.pass(6999);
    page.timelines.post(room, 'and again', null);
    await settled();
    expect(end.commands.filter((t) => t === 'chat.post')).toHaveLength(1);
    await page.clock.pass(1);
    expect(end.last('chat.post').request.text).toBe('again');
    expect(end.commands.filter((t) => t === 'chat.post')).toHaveLength(2);
  });

  it('survive a reload, are sent by the new page, and by no other tab', async () => {
    await page.outbox.open(me);
    page.timelines.post(room, 'left behind', null);
    await vi.waitUntil(async () => (await new IndexedUnsent().of(me)).length === 1, PATIENCE);

    const second = new RoomPage('two', alive);
    await second.outbox.open(me);
    expect(second.outbox.of(room)).toEqual([]);

    alive.delete('one');
    const reloaded = new RoomPage('three', alive);
    await reloaded.outbox.open(me);
    expect(reloaded.outbox.of(room)).toMatchObject([{ text: 'left behind', status: 'queued' }]);
    await reloaded.online();
    await vi.waitUntil(() => reloaded.server.end.commands.includes('chat.post'), PATIENCE);
    const { id } = reloaded.server.end.last('chat.post');
    reloaded.server.end.answer(id, { t: 'chat.appended', room, seq: 1, at: 5, repeated: true });
    await vi.waitUntil(async () => (await new IndexedUnsent().of(me)).length === 0, PATIENCE);
  });

  it('are taken over from a tab that was closed while this one was open', async () => {
    await page.open([]);
    const closed = new RoomPage('two', alive);
    await closed.outbox.open(me);
    closed.timelines.post(room, 'left by the other', null);
    await vi.waitUntil(async () => (await new IndexedUnsent().of(me)).length === 1, PATIENCE);
    await page.outbox.adopt();
    expect(page.outgoing).toEqual([]);
    alive.delete('two');
    await page.outbox.adopt();
    expect(page.outgoing).toEqual(['left by the other sending']);
  });

  it('are nobody else’s', async () => {
    await page.outbox.open(me);
    page.timelines.post(room, 'mine', null);
    await vi.waitUntil(async () => (await new IndexedUnsent().of(me)).length === 1, PATIENCE);
    alive.delete('one');
    const next = new RoomPage('two', alive);
    await next.outbox.open(other);
    expect(next.outbox.of(room)).toEqual([]);
    await page.outbox.open(null);
    expect(page.outbox.of(room)).toEqual([]);
  });
});
