import type * as wire from '../protocol/generated';
import type { Accounts, Connection, ConnectionState, Identity } from './ports';

/** `unreachable`: whether someone is signed in can't be known now. */
export type Phase = 'starting' | 'unreachable' | 'anonymous' | 'signedIn';

/** Who is using this page, and how its connection stands. */
export class SessionModel {
  #phase = $state<Phase>('starting');
  #identity = $state.raw<Identity | null>(null);
  #connection = $state.raw<ConnectionState>({ at: 'idle' });
  #endedElsewhere = $state(false);
  readonly #accounts: Accounts;
  readonly #wire: Connection;

  constructor(accounts: Accounts, connection: Connection) {
    this.#accounts = accounts;
    this.#wire = connection;
    connection.onState((state) => {
      this.#moved(state);
    });
  }

  get phase(): Phase {
    return this.#phase;
  }

  get identity(): Identity | null {
    return this.#identity;
  }

  /** The person's own id, or an empty string while nobody is signed in. */
  get me(): string {
    return this.#identity?.profile.user ?? '';
  }

  get isGuest(): boolean {
    return this.#identity?.guestRoom != null;
  }

  get connection(): ConnectionState {
    return this.#connection;
  }

  get isOnline(): boolean {
    return this.#connection.at === 'online';
  }

  /** This device was signed out from another one. */
  get endedElsewhere(): boolean {
    return this.#endedElsewhere;
  }

  /** Goes on with an earlier sign-in of this browser, if there is one. */
  async start(): Promise<void> {
    this.#phase = 'starting';
    try {
      const identity = await this.#accounts.resume();
      if (identity === null) this.#phase = 'anonymous';
      else this.#enter(identity);
    } catch {
      this.#phase = 'unreachable';
    }
  }

  async register(form: { name: string; password: string; displayName: string }): Promise<void> {
    this.#enter(await this.#accounts.register(form));
  }

  async logIn(form: { name: string; password: string }): Promise<void> {
    this.#enter(await this.#accounts.logIn(form));
  }

  async enterAsGuest(form: { invite: string; displayName: string }): Promise<Identity> {
    const identity = await this.#accounts.enterAsGuest(form);
    this.#enter(identity);
    return identity;
  }

  async logOut(): Promise<void> {
    await this.#accounts.logOut();
    this.#leave(false);
  }

  async logOutEverywhere(): Promise<void> {
    await this.#accounts.logOutEverywhere();
    this.#leave(false);
  }

  async deleteAccount(password: string): Promise<void> {
    await this.#accounts.deleteAccount(password);
    this.#leave(false);
  }

  changePassword(form: { current: string; new: string }): Promise<void> {
    return this.#accounts.changePassword(form);
  }

  async updateProfile(change: { displayName: string; bio: string }): Promise<void> {
    const changed = await this.#wire.ask({
      t: 'auth.update_profile',
      display_name: change.displayName,
      bio: change.bio,
    });
    this.#know(changed.profile);
  }

  async setAvatar(picture: Blob | null): Promise<void> {
    this.#know(await this.#accounts.setAvatar(picture));
  }

  lookUpInvite(code: string): Promise<wire.InviteFound> {
    return this.#accounts.lookUpInvite(code);
  }

  retryNow(): void {
    this.#wire.retryNow();
  }

  #know(profile: wire.Profile): void {
    if (this.#identity) this.#identity = { ...this.#identity, profile };
  }

  #enter(identity: Identity): void {
    this.#identity = identity;
    this.#endedElsewhere = false;
    this.#phase = 'signedIn';
    this.#wire.start();
  }

  #leave(elsewhere: boolean): void {
    this.#wire.stop();
    this.#identity = null;
    this.#endedElsewhere = elsewhere;
    this.#phase = 'anonymous';
  }

  #moved(state: ConnectionState): void {
    this.#connection = state;
    if (state.at === 'ended' && state.why === 'signed_out' && this.#identity) this.#leave(true);
  }
}
