import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, it } from 'vitest';
import { room } from '../../test/support/model_room';
import { me, post, RoomPage } from '../../test/support/room_page';
import { settled } from '../../test/support/still_clock';
import type { TimelineEntry } from '../protocol/generated';
import type { Refused } from '../protocol/refused';
import { LONGEST_MS } from './deeds';

let page: RoomPage;

describe('own deeds', () => {
  const entry = (seq: number, target: number, client_id: string) =>
    ({ room, seq, at: seq, author: me, client_id, prev: '', target }) as const;
  const limited = {
    t: 'error',
    code: 'request.rate_limited',
    message: '',
    retryable: true,
    retry_after: 2,
  } as const;

  async function refusalOf(deed: Promise<void>): Promise<string> {
    return await deed.then(
      () => 'kept',
      (refused: unknown) => (refused as Refused).code,
    );
  }

  beforeEach(async () => {
    globalThis.indexedDB = new IDBFactory();
    page = new RoomPage('one', new Set());
    await page.open([post(1, me), post(2), { ...post(3), reply_to: 1 } as TimelineEntry]);
  });

  it('are shown at once, once acknowledged, and once they arrive', async () => {
    const edit = page.timelines.edit(room, 1, 'meant 1');
    const reaction = page.timelines.react(room, 2, '👍');
    const shown = (): unknown[] => [
      page.state.messages[0]?.text,
      page.state.messages[1]?.reactions,
      page.state.messages[2]?.reply?.text,
    ];
    const after = ['meant 1', [{ emoji: '👍', users: [me] }], 'meant 1'];
    expect(shown()).toEqual(after);
    await settled();
    const { end } = page.server;
    const { id, request } = end.last('chat.edit');
    expect(end.commands).not.toContain('chat.react');
    end.answer(id, { t: 'chat.appended', room, seq: 4, at: 4 });
    await expect(edit).resolves.toBeUndefined();
    expect(shown()).toEqual(after);
    const deed = entry(4, 1, request.client_id);
    end.tell({ ...deed, t: 'message.edited', text: 'meant 1', mentions: [] });
    expect(shown()).toEqual(after);
    expect(page.deeds.of(room)).toHaveLength(1);
    // This one arrives before its answer, which is then of no interest.
    const mark = entry(5, 2, end.last('chat.react').request.client_id);
    end.tell({ ...mark, t: 'reaction.added', emoji: '👍' });
    expect(page.deeds.of(room)).toEqual([]);
    await expect(reaction).resolves.toBeUndefined();
    expect(shown()).toEqual(after);
    expect(page.state.messages[0]?.changed).toBe(4);
  });

  it('stand in the order of doing, though they are about one emoji', async () => {
    void page.timelines.react(room, 2, '👍');
    void page.timelines.unreact(room, 2, '👍');
    void page.timelines.react(room, 2, '👍');
    expect(page.state.messages[1]?.reactions).toEqual([{ emoji: '👍', users: [me] }]);
    await settled();
    const { end } = page.server;
    end.answer(end.last('chat.react').id, { t: 'chat.appended', room, seq: 4, at: 4 });
    await settled();
    expect(end.commands.slice(-2)).toEqual(['chat.react', 'chat.unreact']);
  });

  it('are tried again when the server says so, and shown meanwhile', async () => {
    const deletion = page.timelines.remove(room, 1);
    await settled();
    const { end } = page.server;
    const first = end.last('chat.delete');
    end.answer(first.id, limited);
    await page.clock.pass(1999);
    expect(page.state.messages[0]?.deleted).toBe(true);
    expect(end.commands.filter((t) => t === 'chat.delete')).toHaveLength(1);
    await page.clock.pass(1);
    const again = end.last('chat.delete');
    expect(again.request).toEqual(first.request);
    end.answer(again.id, { t: 'chat.appended', room, seq: 4, at: 4 });
    await expect(deletion).resolves.toBeUndefined();
  });

  it('are taken back where they are refused for good', async () => {
    const code = refusalOf(page.timelines.edit(room, 1, 'meant 1'));
    await settled();
    const { end } = page.server;
    const refusal = { t: 'error', code: 'chat.not_yours', message: '' } as const;
    end.answer(end.last('chat.edit').id, refusal);
    expect(await code).toBe('chat.not_yours');
    expect(page.texts[0]).toBe('said 1');
  });

  it('are taken back where the wait is longer than anybody’s patience', async () => {
    const code = refusalOf(page.timelines.react(room, 1, '👍'));
    await settled();
    const { end } = page.server;
    end.answer(end.last('chat.react').id, { ...limited, retry_after: 60 });
    expect(await code).toBe('request.rate_limited');
    expect(page.state.messages[0]?.reactions).toEqual([]);
  });

  it('wait for a connection that is lost, but not for ever', async () => {
    const kept = page.timelines.react(room, 1, '👍');
    await settled();
    const first = page.server.end.last('chat.react').request;
    page.server.end.drop();
    await page.clock.pass(250);
    page.server.end.greet({ resumed: true });
    await page.clock.pass(2000);
    const { id, request } = page.server.end.last('chat.react');
    expect(request).toEqual(first);
    page.server.end.answer(id, { t: 'chat.appended', room, seq: 4, at: 4 });
    await expect(kept).resolves.toBeUndefined();

    page.server.end.drop();
    const code = refusalOf(page.timelines.react(room, 1, '🎉'));
    expect(page.state.messages[0]?.reactions).toHaveLength(2);
    await page.clock.pass(LONGEST_MS);
    expect(await code).toBe('client.offline');
    expect(page.state.messages[0]?.reactions).toHaveLength(1);
  });
});
