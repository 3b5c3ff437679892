import type { Profile } from '../protocol/generated';
import { asRefused, Refused, refusedHere } from '../protocol/refused';
import { backoff } from './backoff';
import type { Clock } from './clock';
import { endsSignIn } from './closing';
import { call, type Fetch } from './http';
import { Listeners } from './listeners';
import type { Tabs } from './tabs';

/** A sign-in as the server tells a page of it; the refresh token is in a cookie. */
export interface SignIn {
  readonly profile: Profile;
  readonly device: string;
  readonly access_token: string;
  readonly access_expires_at: number;
  readonly guest_room: string | null;
}

/** A new token is asked for this long before the old one ends: time for a few tries. */
const EARLY_MS = 90_000;

/** What a token must still hold to be worth opening a connection with. */
const WORTH_MS = 20_000;

export interface TokensParts {
  readonly fetch: Fetch;
  readonly tabs: Tabs;
  readonly clock: Clock;
  readonly random: () => number;
}

/** The access token, in memory only, and renewed before it ends. */
export class Tokens {
  readonly #parts: TokensParts;
  readonly #renewals = new Listeners<string>();
  #held: { signIn: SignIn; endsAt: number } | null = null;
  #refreshing: Promise<SignIn> | null = null;
  #cancelRenewal: () => void = () => undefined;

  constructor(parts: TokensParts) {
    this.#parts = parts;
  }

  onRenewed(listener: (token: string) => void): () => void {
    return this.#renewals.add(listener);
  }

  /** Begins with what a sign-in answered. */
  hold(signIn: SignIn): void {
    // The lifetime is the server's; when it ends is told by our own clock, which may be off.
    const lifetime = lifetimeOf(signIn.access_token);
    this.#held = { signIn, endsAt: this.#parts.clock.now() + lifetime };
    this.#renewAfter(Math.max(lifetime - EARLY_MS, lifetime / 2), 0);
  }

  forget(): void {
    this.#cancelRenewal();
    this.#held = null;
    this.#refreshing = null;
  }

  /** A token that is valid for a while yet; `renewed` asks for one made after this call. */
  async token(renewed = false): Promise<string> {
    const held = this.#held;
    const isWorth = held !== null && held.endsAt - this.#parts.clock.now() > WORTH_MS;
    if (isWorth && !renewed) return held.signIn.access_token;
    return (await this.refresh()).access_token;
  }

  /**
   * Trades the cookie for a new sign-in. Tabs take turns, since an old cookie used again would end
   * the sign-in for all of them.
   */
  refresh(): Promise<SignIn> {
    const refreshing = (this.#refreshing ??= this.#refresh().finally(() => {
      if (this.#refreshing === refreshing) this.#refreshing = null;
    }));
    return refreshing;
  }

  async #refresh(): Promise<SignIn> {
    const { tabs, fetch } = this.#parts;
    const before = this.#held?.signIn.profile.user;
    const signIn = await tabs.alone('refresh', () =>
      call<SignIn>(fetch, { method: 'POST', path: '/api/auth/refresh', keepalive: true }),
    );
    const now = this.#held?.signIn.profile.user;
    if (before !== now) throw refusedHere('client.cancelled');
    // Another tab has signed in as someone else: this page is not theirs to go on with.
    if (before !== undefined && before !== signIn.profile.user) throw signedOut;
    this.hold(signIn);
    this.#renewals.tell(signIn.access_token);
    return signIn;
  }

  #renewAfter(ms: number, attempt: number): void {
    this.#cancelRenewal();
    this.#cancelRenewal = this.#parts.clock.after(ms, () => {
      this.refresh().catch((thrown: unknown) => {
        // Where it is over, the server closes the connection, and that is told to the person.
        if (this.#held !== null && !endsSignIn(asRefused(thrown).code)) {
          this.#renewAfter(1000 + backoff(attempt + 1, this.#parts.random), attempt + 1);
        }
      });
    });
  }
}

const signedOut = new Refused({
  t: 'error',
  code: 'auth.revoked',
  message: 'This device was signed out.',
});

/** How long a token holds from now, by its own claims (RFC 7519); ten minutes if it says nothing. */
export function lifetimeOf(token: string): number {
  const fallback = 600_000;
  try {
    const claims = token.split('.')[1] ?? '';
    const text = atob(claims.replaceAll('-', '+').replaceAll('_', '/'));
    const { iat, exp } = JSON.parse(text) as { iat?: unknown; exp?: unknown };
    return typeof iat === 'number' && typeof exp === 'number' ? (exp - iat) * 1000 : fallback;
  } catch {
    return fallback;
  }
}
