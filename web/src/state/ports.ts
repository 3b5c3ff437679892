/**
 * What the client needs of the network, in the words of the protocol.
 *
 * `net/` fulfils these by shape and is wired in `main.ts`; it knows nothing of this file. Every
 * promise here rejects with `Refused` and nothing else.
 */
import type * as wire from '../protocol/generated';

export type CommandOf<T extends wire.SocketTag> = wire.CommandByTag[T];
export type ReplyTo<T extends wire.SocketTag> = wire.ReplyByTag[T];

/** Whatever arrives unasked. */
export type ServerEvent = wire.SocketEvent;

/** How the connection stands; times are milliseconds since the epoch. */
export type ConnectionState =
  | { readonly at: 'idle' }
  | { readonly at: 'connecting' }
  | { readonly at: 'online'; readonly slow: boolean; readonly resumed: boolean }
  | {
      readonly at: 'reconnecting';
      readonly since: number;
      readonly why: 'lost' | 'offline' | 'updating';
    }
  | { readonly at: 'ended'; readonly why: 'signed_out' | 'outdated' | 'refused' };

/** The one websocket: it reconnects by itself, and resumes its session where it can. */
export interface Connection {
  readonly state: ConnectionState;
  readonly limits: wire.Limits | null;
  /** Who this page is to other sessions; null until the server has greeted. */
  readonly session: string | null;
  start(): void;
  stop(): void;
  /** Tries at once, without waiting for the backoff. */
  retryNow(): void;
  ask<T extends wire.SocketTag>(command: CommandOf<T> & { t: T }): Promise<ReplyTo<T>>;
  /** Both return the way to stop listening. */
  onEvent(listener: (event: ServerEvent) => void): () => void;
  onState(listener: (state: ConnectionState) => void): () => void;
}

/** Who is signed in on this page. Tokens stay inside `net/`. */
export interface Identity {
  readonly profile: wire.Profile;
  readonly device: string;
  readonly guestRoom: string | null;
}

/** What goes over HTTP: signing in and out, and what works without being signed in. */
export interface Accounts {
  /** Goes on with the sign-in that the cookie holds; null where there is none. */
  resume(): Promise<Identity | null>;
  register(form: { name: string; password: string; displayName: string }): Promise<Identity>;
  logIn(form: { name: string; password: string }): Promise<Identity>;
  enterAsGuest(form: { invite: string; displayName: string }): Promise<Identity>;
  logOut(): Promise<void>;
  logOutEverywhere(): Promise<void>;
  changePassword(form: { current: string; new: string }): Promise<void>;
  deleteAccount(password: string): Promise<void>;
  setAvatar(picture: Blob | null): Promise<wire.Profile>;
  lookUpInvite(code: string): Promise<wire.InviteFound>;
}

/** One's own message that the server has not acknowledged yet; kept over a reload. */
export interface Outgoing {
  readonly clientId: string;
  readonly room: string;
  readonly text: string;
  readonly replyTo: number | null;
  readonly at: number;
  /** `queued`: there is no connection now. `failed`: refused, and waits for the person. */
  readonly status: 'sending' | 'queued' | 'failed';
  readonly refusal: wire.Error | null;
}

/** A room's timeline as far as it is loaded: a contiguous run of messages. */
export interface TimelineState {
  readonly phase: 'loading' | 'ready' | 'failed';
  readonly refusal: wire.Error | null;
  /** In the order of `seq`. */
  readonly messages: readonly wire.Shown[];
  readonly outgoing: readonly Outgoing[];
  readonly moreBefore: boolean;
  /** False where the run ends at the newest message, and live ones are added to it. */
  readonly moreAfter: boolean;
  readonly fetching: 'before' | 'after' | null;
  readonly fetchFailed: boolean;
  /** The last entry that the server has told of. */
  readonly head: number;
}

/** Every room's timeline and what one has written but not sent. */
export interface Timelines {
  /** Follows these rooms live; called with the whole list whenever it changes. */
  followOnly(rooms: readonly string[]): void;
  /** Tells the state at once and at each change; the first to watch a room loads its newest page. */
  watch(room: string, listener: (state: TimelineState) => void): () => void;
  loadBefore(room: string): Promise<void>;
  loadAfter(room: string): Promise<void>;
  /** Replaces the run by one around a message. */
  loadAround(room: string, seq: number): Promise<void>;
  loadLatest(room: string): Promise<void>;
  /** Shows the message at once, keeps it until it is acknowledged, and answers its client id. */
  post(room: string, text: string, replyTo: number | null): string;
  resend(clientId: string): void;
  discard(clientId: string): void;
  edit(room: string, target: number, text: string): Promise<void>;
  remove(room: string, target: number): Promise<void>;
  react(room: string, target: number, emoji: string): Promise<void>;
  unreact(room: string, target: number, emoji: string): Promise<void>;
}

/** What is kept on this device over a reload, beyond the unsent messages. */
export interface Preferences {
  get(name: string): string | null;
  set(name: string, value: string | null): void;
}
