import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { asOf, historyAt, room } from '../../test/support/model_room';
import { anId, ScriptedServer } from '../../test/support/scripted_server';
import { settled, StillClock } from '../../test/support/still_clock';
import type { TimelineEntry } from '../protocol/generated';
import type { Refused } from '../protocol/refused';
import { Connection } from './connection';
import { Deeds, LONGEST_MS } from './deeds';
import { Follower, isEntry } from './follow';
import { Outbox } from './outbox';
import type { Tabs } from './tabs';
import { Timelines, type TimelineState } from './timelines';
import { IndexedUnsent } from './unsent';

const me = anId('m');
const other = anId('a');

function post(seq: number, author = other, client_id = `client-${seq}`): TimelineEntry {
  return {
    t: 'message.posted',
    room,
    seq,
    at: seq,
    author,
    client_id,
    prev: '',
    text: `said ${seq}`,
    mentions: [],
    reply_to: null,
  };
}

/** Tabs of one browser: those in `alive` hold their locks. */
function tab(id: string, alive: Set<string>): Tabs {
  alive.add(id);
  return {
    id,
    gone: (tabs) => Promise.resolve(new Set([...tabs].filter((other) => !alive.has(other)))),
    alone: (_, deed) => deed(),
  };
}

/** One page of the client, above a server that a test plays. */
class Page {
  readonly clock = new StillClock();
  readonly server = new ScriptedServer();
  readonly connection: Connection;
  readonly outbox: Outbox;
  readonly deeds: Deeds;
  readonly timelines: Timelines;
  state!: TimelineState;
  #ids = 0;

  constructor(name: string, alive: Set<string>) {
    const { clock } = this;
    const random = (): number => 0.5;
    this.connection = new Connection({
      open: this.server.open,
      tokens: { token: () => Promise.resolve('token'), onRenewed: () => () => undefined },
      clock,
      random,
      isNetworkUp: () => true,
    });
    const newId = (): string => `${name}-${(this.#ids += 1)}-own-id`;
    const follower = new Follower(this.connection, clock, random);
    this.connection.onEvent((event) => {
      if (isEntry(event)) follower.take(event);
    });
    this.outbox = new Outbox({
      connection: this.connection,
      store: new IndexedUnsent(),
      tabs: tab(name, alive),
      clock,
      random,
      newId,
    });
    this.deeds = new Deeds({ connection: this.connection, clock, random });
    this.timelines = new Timelines({
      connection: this.connection,
      follower,
      outbox: this.outbox,
      deeds: this.deeds,
      newId,
    });
  }

  async online(): Promise<void> {
    this.connection.start();
    await settled();
    this.server.end.greet();
    await settled();
  }

  /** Follows and opens the room, with `entries` in its past. */
  async open(entries: readonly TimelineEntry[]): Promise<void> {
    await this.online();
    await this.outbox.open(me);
    this.deeds.open(me);
    this.timelines.followOnly([room]);
    this.timelines.watch(room, (state) => {
      this.state = state;
    });
    await this.clock.pass(0);
    await this.answerFollow(entries.length);
    await this.answerHistory(entries, entries.length);
  }

  async answerFollow(head: number, entries: TimelineEntry[] = []): Promise<void> {
    const { end } = this.server;
    const rooms = [{ room, recovered: true, head, entries }];
    end.answer(end.last('session.follow').id, { t: 'session.followed', rooms });
    await settled();
  }

  async answerHistory(entries: readonly TimelineEntry[], head: number): Promise<void> {
    const { end } = this.server;
    const { id, request } = end.last('chat.history');
    const { before, after, around, limit } = request;
    const asked = {
      ...(before != null && { before }),
      ...(after != null && { after }),
      ...(around != null && { around }),
    };
    end.answer(id, historyAt(entries, head, asked, limit ?? 50));
    await settled();
  }

  get texts(): string[] {
    return this.state.messages.map((message) => message.text);
  }

  get outgoing(): string[] {
    return this.state.outgoing.map((own) => `${own.text} ${own.status}`);
  }
}

let alive: Set<string>;
let page: Page;

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  alive = new Set();
  page = new Page('one', alive);
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
    await vi.waitUntil(async () => (await new IndexedUnsent().of(me)).length === 1);

    const second = new Page('two', alive);
    await second.outbox.open(me);
    expect(second.outbox.of(room)).toEqual([]);

    alive.delete('one');
    const reloaded = new Page('three', alive);
    await reloaded.outbox.open(me);
    expect(reloaded.outbox.of(room)).toMatchObject([{ text: 'left behind', status: 'queued' }]);
    await reloaded.online();
    await vi.waitUntil(() => reloaded.server.end.commands.includes('chat.post'));
    const { id } = reloaded.server.end.last('chat.post');
    reloaded.server.end.answer(id, { t: 'chat.appended', room, seq: 1, at: 5, repeated: true });
    await vi.waitUntil(async () => (await new IndexedUnsent().of(me)).length === 0);
  });

  it('are taken over from a tab that was closed while this one was open', async () => {
    await page.open([]);
    const closed = new Page('two', alive);
    await closed.outbox.open(me);
    closed.timelines.post(room, 'left by the other', null);
    await vi.waitUntil(async () => (await new IndexedUnsent().of(me)).length === 1);
    await page.outbox.adopt();
    expect(page.outgoing).toEqual([]);
    alive.delete('two');
    await page.outbox.adopt();
    expect(page.outgoing).toEqual(['left by the other sending']);
  });

  it('are nobody else’s', async () => {
    await page.outbox.open(me);
    page.timelines.post(room, 'mine', null);
    await vi.waitUntil(async () => (await new IndexedUnsent().of(me)).length === 1);
    alive.delete('one');
    const next = new Page('two', alive);
    await next.outbox.open(other);
    expect(next.outbox.of(room)).toEqual([]);
    await page.outbox.open(null);
    expect(page.outbox.of(room)).toEqual([]);
  });
});

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
