import type { DeviceInfo, InviteFound, Profile } from '../protocol/generated';
import { asRefused, refusedHere } from '../protocol/refused';
import { endsSignIn } from './closing';
import { call, type Call, type Fetch } from './http';
import { Listeners } from './listeners';
import type { SignIn, Tokens } from './tokens';

/** Who is signed in on this page. */
export interface Identity {
  readonly profile: Profile;
  readonly device: string;
  readonly guestRoom: string | null;
}

/** Remembers, over a reload, whether there is a sign-in to go on with. */
export interface Memory {
  get(name: string): string | null;
  set(name: string, value: string | null): void;
}

export interface AccountsParts {
  readonly fetch: Fetch;
  readonly tokens: Tokens;
  readonly memory: Memory;
  /** “Firefox on Linux”. */
  readonly deviceLabel: string;
  readonly newId: () => string;
}

/** A registration whose answer has not arrived; the server knows a repeat of it by its id. */
interface Attempt {
  readonly name: string;
  readonly password: string;
  readonly id: string;
}

const SIGNED_IN = 'signed-in';

/** Signing in and out, and what else goes over HTTP. Tokens stay inside `net/`. */
export class Accounts {
  readonly #parts: AccountsParts;
  readonly #identities = new Listeners<Identity | null>();
  #attempt: Attempt | null = null;

  constructor(parts: AccountsParts) {
    this.#parts = parts;
  }

  /** Tells who is signed in now, at each change. */
  onIdentity(listener: (identity: Identity | null) => void): () => void {
    return this.#identities.add(listener);
  }

  /** Goes on with the sign-in that the cookie holds; null where there is none. */
  async resume(): Promise<Identity | null> {
    // A first visit asks nothing: the answer would be an error in the console of every newcomer.
    if (this.#parts.memory.get(SIGNED_IN) === null) return null;
    try {
      return this.#entered(await this.#parts.tokens.refresh());
    } catch (thrown) {
      const refused = asRefused(thrown);
      if (!endsSignIn(refused.code)) throw refused;
      this.#left();
      return null;
    }
  }

  /** Asked again with the same name and password, it goes on with an account that it made. */
  async register(form: { name: string; password: string; displayName: string }): Promise<Identity> {
    const { name, password, displayName: display_name } = form;
    const attempt = this.#attemptAt(name, password);
    const body = { name, password, display_name, attempt };
    const identity = await this.#signIn('/api/auth/register', body);
    this.#attempt = null;
    return identity;
  }

  async logIn({ name, password }: { name: string; password: string }): Promise<Identity> {
    return await this.#signIn('/api/auth/login', { name, password });
  }

  async enterAsGuest(form: { invite: string; displayName: string }): Promise<Identity> {
    const { invite, displayName: display_name } = form;
    return await this.#signIn('/api/auth/guest', { invite, display_name });
  }

  async logOut(): Promise<void> {
    await this.#end({ method: 'POST', path: '/api/auth/logout' });
  }

  async logOutEverywhere(): Promise<void> {
    await this.#end({ method: 'POST', path: '/api/auth/logout-everywhere' });
  }

  /** The server has ended this sign-in: nothing of it is kept. */
  signedOutElsewhere(): void {
    this.#left();
  }

  async deleteAccount(password: string): Promise<void> {
    await this.#end({ method: 'DELETE', path: '/api/auth/account', body: { password } });
  }

  async changePassword(form: { current: string; new: string }): Promise<void> {
    await this.#ask({ method: 'POST', path: '/api/auth/password', body: form });
  }

  async devices(): Promise<DeviceInfo[]> {
    const found = await this.#ask<{ devices: DeviceInfo[] }>({
      method: 'GET',
      path: '/api/auth/devices',
    });
    return found.devices;
  }

  async setAvatar(picture: Blob | null): Promise<Profile> {
    const path = '/api/me/avatar';
    return await this.#ask<Profile>(
      picture === null ? { method: 'DELETE', path } : { method: 'PUT', path, body: picture },
    );
  }

  async lookUpInvite(code: string): Promise<InviteFound> {
    const path = `/api/invites/${encodeURIComponent(code)}`;
    return known(await call<InviteFound | null>(this.#parts.fetch, { method: 'GET', path }));
  }

  #attemptAt(name: string, password: string): string {
    const last = this.#attempt;
    if (last?.name === name && last.password === password) return last.id;
    this.#attempt = { name, password, id: this.#parts.newId() };
    return this.#attempt.id;
  }

  async #signIn(path: string, form: object): Promise<Identity> {
    const { fetch, tokens, deviceLabel: device_label } = this.#parts;
    const signIn = await call<SignIn | null>(fetch, {
      method: 'POST',
      path,
      body: { ...form, device_label },
    });
    tokens.hold(known(signIn));
    return this.#entered(known(signIn));
  }

  /** Signs out here in any case where the server has no sign-in of ours any more. */
  async #end(request: Call): Promise<void> {
    try {
      await this.#ask(request);
    } catch (thrown) {
      const refused = asRefused(thrown);
      if (!endsSignIn(refused.code)) throw refused;
    }
    this.#left();
  }

  async #ask<T>(request: Call): Promise<T> {
    const { fetch, tokens } = this.#parts;
    try {
      return await call<T>(fetch, { ...request, token: await tokens.token() });
    } catch (thrown) {
      const refused = asRefused(thrown);
      if (refused.code !== 'auth.token_expired') throw refused;
      return await call<T>(fetch, { ...request, token: await tokens.token(true) });
    }
  }

  #entered({ profile, device, guest_room: guestRoom }: SignIn): Identity {
    const identity = { profile, device, guestRoom };
    this.#parts.memory.set(SIGNED_IN, 'yes');
    this.#identities.tell(identity);
    return identity;
  }

  #left(): void {
    this.#parts.tokens.forget();
    this.#parts.memory.set(SIGNED_IN, null);
    this.#identities.tell(null);
  }
}

function known<T>(answer: T | null): T {
  if (answer === null) throw refusedHere('client.broken');
  return answer;
}
