import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, it } from 'vitest';
import { asOf, room } from '../../test/support/model_room';
import { other, post, RoomPage } from '../../test/support/room_page';
import { settled } from '../../test/support/still_clock';
import type { TimelineEntry } from '../protocol/generated';

let page: RoomPage;

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  page = new RoomPage('one', new Set());
});

describe('a timeline', () => {
  const past = Array.from({ length: 120 }, (_, index) => post(index + 1));

  it('loads the newest page, then older ones, and takes live messages', async () => {
    await page.open(past);
    expect(page.state).toMatchObject({ phase: 'ready', moreBefore: true, moreAfter: false });
    expect(page.texts).toHaveLength(50);
    const loading = page.timelines.loadBefore(room);
    expect(page.state.fetching).toBe('before');
    page.server.end.tell(post(121));
    await page.answerHistory(past, 120);
    await loading;
    expect(page.state.fetching).toBeNull();
    expect(page.state.messages.map((message) => message.seq)).toEqual(
      Array.from({ length: 101 }, (_, index) => index + 21),
    );
  });

  it('moves to a message, stays there while others come, and comes back', async () => {
    await page.open(past);
    const moving = page.timelines.loadAround(room, 40);
    await page.answerHistory(past, 120);
    await moving;
    expect(page.state).toMatchObject({ moreBefore: true, moreAfter: true });
    page.server.end.tell(post(121));
    expect(page.texts).not.toContain('said 121');
    expect(page.state.head).toBe(121);
    const back = page.timelines.loadLatest(room);
    await page.answerHistory([...past, post(121)], 121);
    await back;
    expect(page.texts.at(-1)).toBe('said 121');
  });

  it('recovers what it missed while it was away', async () => {
    await page.open(past);
    page.server.end.drop();
    await page.clock.pass(250);
    page.server.end.greet({ resumed: true });
    await page.clock.pass(0);
    await page.answerFollow(122, [post(121), post(122)]);
    expect(page.texts.slice(-2)).toEqual(['said 121', 'said 122']);
  });

  it('is read again where the server can not recover it', async () => {
    await page.open(past);
    page.server.end.drop();
    await page.clock.pass(250);
    page.server.end.greet();
    await page.clock.pass(0);
    const { end } = page.server;
    const rooms = [{ room, recovered: false, head: 500, entries: [] }];
    end.answer(end.last('session.follow').id, { t: 'session.followed', rooms });
    await settled();
    const all = Array.from({ length: 500 }, (_, index) => post(index + 1));
    await page.answerHistory(all, 500);
    expect(page.state.messages).toEqual(asOf(all, 500).slice(-50));
  });

  it('fills in the quote of a message that is not loaded', async () => {
    await page.open(past);
    const answer = { ...post(121), reply_to: 3 } as TimelineEntry;
    page.server.end.tell(answer);
    expect(page.state.messages.at(-1)?.reply).toMatchObject({ seq: 3, author: '' });
    await settled();
    await page.answerHistory([...past, answer], 121);
    expect(page.state.messages.at(-1)?.reply).toMatchObject({ author: other, text: 'said 3' });
  });

  it('says why it can not be shown, and loads once it can', async () => {
    page.timelines.watch(room, (state) => {
      page.state = state;
    });
    await settled();
    expect(page.state).toMatchObject({ phase: 'failed', refusal: { code: 'client.offline' } });
    await page.online();
    await page.answerHistory(past, 120);
    expect(page.state.phase).toBe('ready');
  });

  it.each([
    ['with a wait of its own', undefined, 900],
    ['when the server says', 7, 7_000],
  ])('with a hole it is read again until it is whole, %s', async (_, retry_after, wait) => {
    await page.open(past);
    page.server.end.drop();
    await page.clock.pass(250);
    page.server.end.greet();
    await page.clock.pass(0);
    const rooms = [{ room, recovered: false, head: 500, entries: [] }];
    const { end } = page.server;
    end.answer(end.last('session.follow').id, { t: 'session.followed', rooms });
    await settled();
    const asked = (): number => end.commands.filter((t) => t === 'chat.history').length;
    expect(asked()).toBe(1);
    const refusal = { t: 'error', code: 'request.timeout', message: '', retryable: true } as const;
    end.answer(end.last('chat.history').id, { ...refusal, ...(retry_after && { retry_after }) });
    await settled();
    expect(page.texts.at(-1)).toBe('said 120');
    await page.clock.pass(wait - 1);
    expect(asked()).toBe(1);
    await page.clock.pass(1);
    expect(asked()).toBe(2);
    const all = Array.from({ length: 500 }, (__, index) => post(index + 1));
    await page.answerHistory(all, 500);
    expect(page.texts.at(-1)).toBe('said 500');
  });

  it('with a hole it is read again at once on a new connection', async () => {
    await page.open(past);
    const moving = page.timelines.loadAround(room, 40);
    page.server.end.drop();
    await moving;
    await page.clock.pass(250);
    page.server.end.greet({ resumed: true });
    await page.answerHistory(past, 120);
    expect(page.state.moreAfter).toBe(true);
  });

  it('shows a failed page as such and tries again when asked', async () => {
    await page.open(past);
    const loading = page.timelines.loadBefore(room);
    const { end } = page.server;
    const refusal = { t: 'error', code: 'request.timeout', message: '' } as const;
    end.answer(end.last('chat.history').id, refusal);
    await loading;
    expect(page.state).toMatchObject({ fetching: null, fetchFailed: true });
    const again = page.timelines.loadBefore(room);
    await page.answerHistory(past, 120);
    await again;
    expect(page.state).toMatchObject({ fetchFailed: false });
    expect(page.texts).toHaveLength(100);
  });
});
