import { beforeEach, describe, expect, test } from 'vitest';
import type { Roster } from '../../protocol/generated';
import { InterruptedModel, type Here } from './interrupted.svelte';

const here: Here = {
  user: 'me',
  room: 'kitchen',
  call: 'call-1',
  session: 'me-1',
  listening: false,
};

const MINUTE = 60_000;

describe('a call that was interrupted', () => {
  let kept: Map<string, string>;
  let held: Set<string>;
  let running: string | null;
  let now: number;

  /** A page of this browser, with what pages before it have left. */
  const page = (me = 'me'): InterruptedModel =>
    new InterruptedModel({
      preferences: {
        get: (name) => kept.get(name) ?? null,
        set: (name, value) => void (value === null ? kept.delete(name) : kept.set(name, value)),
      },
      calls: { of: () => (running === null ? null : ({ call: running } as Roster)) },
      me: () => me,
      alive: {
        hold: (session) => {
          held.add(session);
          return () => held.delete(session);
        },
        held: () => Promise.resolve(held),
      },
      now: () => now,
    });

  beforeEach(() => {
    kept = new Map();
    held = new Set();
    running = 'call-1';
    now = 0;
  });

  async function reloaded(me?: string): Promise<InterruptedModel> {
    const next = page(me);
    await next.look();
    return next;
  }

  test('is offered to the page after a reload, and after a crash', async () => {
    const first = page();
    first.keep(here);
    expect(first.offer).toBeNull();
    first.vanish();
    const second = await reloaded();
    expect(second.offer).toEqual(here);
    // A page that crashes says nothing: the browser lets go of what it held.
    second.keep({ ...here, session: 'me-2', listening: true });
    held.clear();
    expect((await reloaded()).offer).toEqual({ ...here, session: 'me-2', listening: true });
  });

  test('is offered to nobody while its page lives', async () => {
    const first = page();
    first.keep(here);
    expect((await reloaded()).offer).toBeNull();
    first.vanish();
  });

  test('is offered once: what was left on purpose or not wanted is forgotten', async () => {
    const first = page();
    first.keep(here);
    first.forget();
    const second = await reloaded();
    expect(second.offer).toBeNull();
    second.keep(here);
    second.vanish();
    const third = await reloaded();
    third.forget();
    expect(third.offer).toBeNull();
    expect((await reloaded()).offer).toBeNull();
  });

  test('is offered only while it goes on, to the same person, for some minutes', async () => {
    const first = page();
    first.keep(here);
    first.vanish();
    expect((await reloaded('another')).offer).toBeNull();
    running = 'call-2';
    expect((await reloaded()).offer).toBeNull();
    running = null;
    expect((await reloaded()).offer).toBeNull();
    running = 'call-1';
    now = 10 * MINUTE;
    expect((await reloaded()).offer).toEqual(here);
    now += 1;
    expect((await reloaded()).offer).toBeNull();
  });

  test('is offered no more once another page has gone back', async () => {
    const first = page();
    first.keep(here);
    first.vanish();
    const [second, third] = [await reloaded(), await reloaded()];
    second.keep({ ...here, session: 'me-2' });
    third.overtaken();
    expect(third.offer).toBeNull();
    second.vanish();
  });

  test('what something else has written is nothing', async () => {
    for (const text of ['{', 'null', '7', '{"at":0}']) {
      kept.set('call', text);
      expect((await reloaded()).offer).toBeNull();
    }
  });
});
