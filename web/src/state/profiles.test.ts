import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as wire from '../protocol/generated';
import { Refused, refusedHere } from '../protocol/refused';
import type { Connection } from './ports';
import { ProfilesModel } from './profiles.svelte';

const profile = (user: string, display_name: string): wire.Profile => ({
  user,
  name: user,
  display_name,
  bio: '',
  avatar: null,
  guest: false,
  gone: false,
  last_online: null,
  revision: 1,
});

const refused = (code: wire.ErrorCode, retry_after: number | null = null): Refused =>
  new Refused({
    t: 'error',
    code,
    message: '',
    retryable: wire.ERRORS[code].retryable,
    retry_after,
  });

/** A server that knows everybody by `<user> <surname>`, on a connection that is moved by hand. */
class People implements Pick<Connection, 'state' | 'ask' | 'onState' | 'onEvent'> {
  state: Connection['state'] = { at: 'idle' };
  surname = 'Old';
  refuses: Refused | null = null;
  readonly asked: string[][] = [];
  readonly #listeners = new Set<(state: Connection['state']) => void>();

  onEvent(): () => void {
    return () => undefined;
  }
  onState(listener: (state: Connection['state']) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  ask<T extends wire.SocketTag>(
    command: wire.CommandByTag[T] & { t: T },
  ): Promise<wire.ReplyByTag[T]> {
    const { users } = command as unknown as wire.FetchProfiles;
    this.asked.push([...users]);
    if (this.refuses !== null) return Promise.reject(this.refuses);
    const profiles = users.map((user) => profile(user, `${user} ${this.surname}`));
    return Promise.resolve({ profiles } as unknown as wire.ReplyByTag[T]);
  }
  connect(resumed = false): void {
    this.#move({ at: 'online', slow: false, resumed });
  }
  lose(): void {
    this.#move({ at: 'reconnecting', since: 0, why: 'lost' });
  }
  #move(state: Connection['state']): void {
    this.state = state;
    for (const listener of this.#listeners) listener(state);
  }
}

let people: People;
let profiles: ProfilesModel;

const settled = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

beforeEach(async () => {
  vi.useFakeTimers();
  people = new People();
  profiles = new ProfilesModel(people as unknown as Connection, () => 'gone');
  people.connect();
  await settled();
});

afterEach(() => {
  vi.useRealTimers();
});

test.each([false, true])(
  'are asked for anew by the next connection, resumed: %s',
  async (resumed) => {
    await profiles.meet(['ann', 'bob']);
    people.lose();
    people.surname = 'New';
    people.connect(resumed);
    expect(profiles.nameOf('ann')).toBe('ann Old');
    await settled();
    expect(profiles.nameOf('ann')).toBe('ann New');
    expect(people.asked).toEqual([
      ['ann', 'bob'],
      ['ann', 'bob'],
    ]);
  },
);

test('those who have no name yet come first, a hundred at a time', async () => {
  await profiles.meet(Array.from({ length: 150 }, (_, index) => `known-${index}`));
  people.lose();
  profiles.of('new');
  people.asked.length = 0;
  people.connect();
  await settled();
  expect(people.asked.map((users) => users.length)).toEqual([100, 51]);
  expect(people.asked[0]?.[0]).toBe('new');
});

test('whoever could not be asked for is asked for by the next connection, read or not', async () => {
  people.refuses = refusedHere('client.lost');
  await profiles.meet(['ann']);
  people.lose();
  people.refuses = null;
  people.connect();
  await settled();
  expect(profiles.nameOf('ann')).toBe('ann Old');
});

test('a busy server is asked again when it says', async () => {
  people.refuses = refused('request.rate_limited', 7);
  await profiles.meet(['ann']);
  people.refuses = null;
  await vi.advanceTimersByTimeAsync(6999);
  expect(people.asked).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(profiles.nameOf('ann')).toBe('ann Old');
});

test('a question that is refused for good does not stand in the way of the next', async () => {
  people.refuses = refused('request.invalid');
  await profiles.meet(['ann']);
  await vi.advanceTimersByTimeAsync(60_000);
  people.refuses = null;
  await profiles.meet(['bob']);
  expect(people.asked).toEqual([['ann'], ['bob']]);
});

test('nothing of one person is asked for the next', async () => {
  people.refuses = refused('request.unavailable');
  await profiles.meet(['ann']);
  profiles.forgetAll();
  people.refuses = null;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(people.asked).toHaveLength(1);
});
