import { beforeEach, describe, expect, it } from 'vitest';
import { anId } from '../../test/support/scripted_server';
import { settled, StillClock } from '../../test/support/still_clock';
import type { Profile } from '../protocol/generated';
import { Refused } from '../protocol/refused';
import { Accounts, type Identity } from './accounts';
import { deviceLabel } from './device_label';
import { unlockedTabs } from './tabs';
import { lifetimeOf, Tokens, type SignIn } from './tokens';

const ann: Profile = { user: anId('a'), name: 'ann', display_name: 'Ann' };

/** A token that holds for `seconds`, as the server's clock has it. */
function token(name: string, seconds = 600): string {
  const claims = { sub: name, iat: 1000, exp: 1000 + seconds };
  return `head.${btoa(JSON.stringify(claims)).replaceAll('=', '')}.sign`;
}

function signIn(name: string, profile = ann): SignIn {
  const device = anId('d');
  const access_token = token(name);
  return { profile, device, access_token, access_expires_at: 0, guest_room: null };
}

interface Asked {
  readonly path: string;
  readonly init: RequestInit;
}

/** The HTTP API as a test plays it: each request waits for its answer in `answers`. */
class Api {
  readonly asked: Asked[] = [];
  readonly answers: (Response | Error)[] = [];

  readonly fetch = (path: string, init: RequestInit): Promise<Response> => {
    this.asked.push({ path, init });
    const answer = this.answers.shift();
    if (answer === undefined) throw new Error(`nobody answers ${path}`);
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };

  json(body: unknown, status = 200): void {
    this.answers.push(new Response(JSON.stringify(body), { status }));
  }

  problem(status: number, code: string, more: object = {}): void {
    this.json({ code, title: 'A title.', status, ...more }, status);
  }

  header(index: number, name: string): string | null {
    return new Headers(this.asked[index]?.init.headers).get(name);
  }
}

let api: Api;
let clock: StillClock;
let tokens: Tokens;
let accounts: Accounts;
let kept: Map<string, string>;
let identities: (Identity | null)[];
let attempts: number;

beforeEach(() => {
  attempts = 0;
  api = new Api();
  clock = new StillClock();
  kept = new Map();
  identities = [];
  tokens = new Tokens({ fetch: api.fetch, tabs: unlockedTabs('tab'), clock, random: () => 0.5 });
  accounts = new Accounts({
    fetch: api.fetch,
    tokens,
    memory: {
      get: (name) => kept.get(name) ?? null,
      set: (name, value) => {
        if (value === null) kept.delete(name);
        else kept.set(name, value);
      },
    },
    deviceLabel: 'Firefox on Linux',
    newId: () => `attempt-${(attempts += 1)}`,
  });
  accounts.onIdentity((identity) => identities.push(identity));
});

async function refusalOf(answer: Promise<unknown>): Promise<Refused> {
  const thrown: unknown = await answer.then(
    () => new Error('it was answered'),
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(Refused);
  return thrown as Refused;
}

describe('signing in', () => {
  it('asks once, and tells who it is', async () => {
    api.json(signIn('first'), 201);
    const form = { name: 'ann', password: 'correct horse', displayName: 'Ann' };
    await expect(accounts.register(form)).resolves.toMatchObject({ profile: ann, guestRoom: null });
    expect(api.asked[0]?.path).toBe('/api/auth/register');
    expect(JSON.parse(String(api.asked[0]?.init.body))).toEqual({
      name: 'ann',
      password: 'correct horse',
      display_name: 'Ann',
      device_label: 'Firefox on Linux',
      attempt: 'attempt-1',
    });
    expect(identities).toHaveLength(1);
    await expect(tokens.token()).resolves.toBe(token('first'));
  });

  it('registers again under the same attempt, until the form or the person is another', async () => {
    const form = { name: 'ann', password: 'correct horse', displayName: 'Ann' };
    const attempt = (index: number): unknown =>
      (JSON.parse(String(api.asked[index]?.init.body)) as { attempt: unknown }).attempt;
    api.answers.push(new DOMException('late', 'TimeoutError'));
    expect((await refusalOf(accounts.register(form))).code).toBe('client.timeout');
    api.problem(503, 'request.unavailable');
    await refusalOf(accounts.register(form));
    api.problem(409, 'auth.name_taken');
    await refusalOf(accounts.register({ ...form, name: 'anne' }));
    api.json(signIn('first'), 201);
    await accounts.register(form);
    api.json(signIn('second'), 201);
    await accounts.register(form);
    expect([0, 1, 2, 3, 4].map(attempt)).toEqual([
      'attempt-1',
      'attempt-1',
      'attempt-2',
      'attempt-3',
      'attempt-4',
    ]);
  });

  it('says why it was refused', async () => {
    api.problem(429, 'auth.throttled', { retry_after: 12.5, detail: 'Slower.' });
    const { refusal } = await refusalOf(accounts.logIn({ name: 'ann', password: 'x' }));
    expect(refusal).toMatchObject({
      code: 'auth.throttled',
      message: 'Slower.',
      retryable: true,
      retry_after: 12.5,
    });
    expect(identities).toEqual([]);
  });

  it.each([
    [new TypeError('no network'), 'client.offline'],
    [new DOMException('late', 'TimeoutError'), 'client.timeout'],
    [new Response('<h1>Bad gateway</h1>', { status: 502 }), 'request.unavailable'],
    [new Response('<h1>Odd</h1>', { status: 418 }), 'client.broken'],
    [new Response('no json'), 'client.broken'],
  ])('names what went wrong on the way (%#)', async (answer, code) => {
    api.answers.push(answer);
    expect((await refusalOf(accounts.logIn({ name: 'a', password: 'b' }))).code).toBe(code);
  });
});

describe('coming back', () => {
  it('asks nothing on a first visit', async () => {
    await expect(accounts.resume()).resolves.toBeNull();
    expect(api.asked).toEqual([]);
  });

  it('goes on with an earlier sign-in, and forgets one that is over', async () => {
    kept.set('signed-in', 'yes');
    api.json(signIn('again'));
    await expect(accounts.resume()).resolves.toMatchObject({ profile: ann });
    expect(api.asked[0]).toMatchObject({ path: '/api/auth/refresh', init: { keepalive: true } });
    api.problem(401, 'auth.revoked');
    await expect(accounts.resume()).resolves.toBeNull();
    expect(kept.size).toBe(0);
    expect(identities.at(-1)).toBeNull();
  });

  it('does not take a lost network for a lost sign-in', async () => {
    kept.set('signed-in', 'yes');
    api.answers.push(new TypeError('no network'));
    expect((await refusalOf(accounts.resume())).code).toBe('client.offline');
    expect(kept.size).toBe(1);
  });
});

describe('the access token', () => {
  it('is renewed before it ends, by our own clock', async () => {
    tokens.hold(signIn('first'));
    const renewed: string[] = [];
    tokens.onRenewed((fresh) => renewed.push(fresh));
    api.json(signIn('second'));
    await clock.pass(509_999);
    expect(renewed).toEqual([]);
    await clock.pass(1);
    expect(renewed).toEqual([token('second')]);
    await expect(tokens.token()).resolves.toBe(token('second'));
  });

  it('is tried again while there is no network, and not once the sign-in is over', async () => {
    tokens.hold(signIn('first'));
    api.answers.push(new TypeError('no network'));
    api.problem(401, 'auth.refresh_reused');
    await clock.pass(600_000);
    expect(api.asked).toHaveLength(2);
    expect(clock.pending).toBe(0);
  });

  it('is refreshed once for all who ask, and again when a newer one is wanted', async () => {
    api.json(signIn('first'));
    const both = await Promise.all([tokens.token(), tokens.token()]);
    expect(both).toEqual([token('first'), token('first')]);
    expect(api.asked).toHaveLength(1);
    api.json(signIn('second'));
    await expect(tokens.token(true)).resolves.toBe(token('second'));
  });

  it('is not taken from someone else who has signed in meanwhile', async () => {
    tokens.hold(signIn('first'));
    api.json(signIn('other', { ...ann, user: anId('b') }));
    expect((await refusalOf(tokens.token(true))).code).toBe('auth.revoked');
  });

  it('is renewed once where the server calls it expired', async () => {
    tokens.hold(signIn('first'));
    api.problem(401, 'auth.token_expired');
    api.json(signIn('second'));
    api.json({ ...ann, avatar: '/api/avatars/x' });
    await expect(accounts.setAvatar(new Blob(['x'], { type: 'image/png' }))).resolves.toMatchObject(
      {
        avatar: '/api/avatars/x',
      },
    );
    expect(api.header(2, 'authorization')).toBe(`Bearer ${token('second')}`);
    expect(api.header(2, 'content-type')).toBe('image/png');
  });

  it('tells its own lifetime', () => {
    expect(lifetimeOf(token('x', 90))).toBe(90_000);
    expect(lifetimeOf('opaque')).toBe(600_000);
  });
});

describe('signing out', () => {
  it('ends here too where the server had ended it already', async () => {
    tokens.hold(signIn('first'));
    kept.set('signed-in', 'yes');
    api.problem(401, 'auth.revoked');
    await accounts.logOut();
    expect(kept.size).toBe(0);
    expect(identities).toEqual([null]);
    expect(clock.pending).toBe(0);
  });

  it('does not end here while the server can not be told', async () => {
    tokens.hold(signIn('first'));
    api.answers.push(new TypeError('no network'));
    expect((await refusalOf(accounts.logOut())).code).toBe('client.offline');
    expect(identities).toEqual([]);
  });

  it('cancels a refresh under way', async () => {
    tokens.hold(signIn('first'));
    let answer: (response: Response) => void = () => undefined;
    const slow = new Tokens({
      fetch: () => new Promise((resolve) => (answer = resolve)),
      tabs: unlockedTabs('tab'),
      clock,
      random: () => 0.5,
    });
    slow.hold(signIn('first'));
    const refreshed = slow.token(true);
    await settled();
    slow.forget();
    answer(new Response(JSON.stringify(signIn('second'))));
    expect((await refusalOf(refreshed)).code).toBe('client.cancelled');
  });
});

describe('a device', () => {
  it.each([
    ['Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0', 'Firefox on Linux'],
    [
      'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0',
      'Edge on Windows',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1',
      'Safari on iPhone',
    ],
    [
      'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36',
      'Chrome on Android',
    ],
  ])('is called what a person calls it (%#)', (agent, label) => {
    expect(deviceLabel(agent)).toBe(label);
  });
});
