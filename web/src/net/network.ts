import type {
  CommandByTag,
  Limits,
  ReplyByTag,
  SocketEvent,
  SocketTag,
} from '../protocol/generated';
import { Accounts } from './accounts';
import { browserClock } from './clock';
import { Connection, type ConnectionState } from './connection';
import { Deeds } from './deeds';
import { deviceLabel } from './device_label';
import { Follower, isEntry } from './follow';
import { newClientId } from './identifiers';
import { Listeners } from './listeners';
import { Outbox } from './outbox';
import { DevicePreferences } from './preferences';
import { browserSocket, socketUrl } from './socket';
import { lockedTabs, unlockedTabs } from './tabs';
import { Timelines } from './timelines';
import { Tokens } from './tokens';
import { IndexedUnsent } from './unsent';

/** The connection as the rest of the client sees it: timeline entries come in order. */
export class OrderedConnection {
  readonly #connection: Connection;
  readonly #events = new Listeners<SocketEvent>();

  constructor(connection: Connection, follower: Follower) {
    this.#connection = connection;
    connection.onEvent((event) => {
      if (isEntry(event)) follower.take(event);
      else this.#events.tell(event);
    });
    follower.onEntry((entry) => {
      this.#events.tell(entry);
    });
  }

  get state(): ConnectionState {
    return this.#connection.state;
  }

  get limits(): Limits | null {
    return this.#connection.limits;
  }

  get session(): string | null {
    return this.#connection.session;
  }

  start(): void {
    this.#connection.start();
  }

  stop(): void {
    this.#connection.stop();
  }

  retryNow(): void {
    this.#connection.retryNow();
  }

  ask<T extends SocketTag>(command: CommandByTag[T] & { t: T }): Promise<ReplyByTag[T]> {
    return this.#connection.ask<T>(command);
  }

  onEvent(listener: (event: SocketEvent) => void): () => void {
    return this.#events.add(listener);
  }

  onState(listener: (state: ConnectionState) => void): () => void {
    return this.#connection.onState(listener);
  }
}

export interface Network {
  readonly connection: OrderedConnection;
  readonly accounts: Accounts;
  readonly timelines: Timelines;
  readonly preferences: DevicePreferences;
}

/** Everything that this page needs of the network, wired for the browser. */
export function browserNetwork(window: Window & typeof globalThis): Network {
  const { navigator } = window;
  const clock = browserClock;
  const random = (): number => Math.random();
  const fetch = (input: string, init: RequestInit): Promise<Response> => window.fetch(input, init);
  const preferences = new DevicePreferences(window);
  const tab = newClientId();
  const tabs = 'locks' in navigator ? lockedTabs(navigator.locks, tab) : unlockedTabs(tab);

  const tokens = new Tokens({ fetch, tabs, clock, random });
  const connection = new Connection({
    open: browserSocket(socketUrl(window.location)),
    tokens,
    clock,
    random,
    isNetworkUp: () => navigator.onLine,
  });
  const follower = new Follower(connection, clock, random);
  // Before anyone else listens, so that entries reach models after the timeline has them.
  const outbox = new Outbox({
    connection,
    store: new IndexedUnsent(),
    tabs,
    clock,
    random,
    newId: newClientId,
  });
  const deeds = new Deeds({ connection, clock, random });
  const timelines = new Timelines({
    connection,
    follower,
    outbox,
    deeds,
    newId: newClientId,
    clock,
    random,
  });
  const ordered = new OrderedConnection(connection, follower);
  const label = deviceLabel(navigator.userAgent);
  const accounts = new Accounts({
    fetch,
    tokens,
    memory: preferences,
    deviceLabel: label,
    newId: newClientId,
  });
  accounts.onIdentity((identity) => {
    if (identity === null) timelines.forgetAll();
    const user = identity?.profile.user ?? null;
    void outbox.open(user);
    deeds.open(user);
  });
  connection.onState((state) => {
    if (state.at === 'ended' && state.why === 'signed_out') accounts.signedOutElsewhere();
  });

  const look = (): void => {
    connection.look();
    // A tab that was closed may have left something.
    void outbox.adopt();
  };
  window.addEventListener('online', look);
  window.addEventListener('offline', () => {
    // The browser may be wrong: a server on this machine stays in reach.
    if (connection.state.at === 'online') connection.look();
  });
  window.addEventListener('pageshow', look);
  window.document.addEventListener('visibilitychange', () => {
    if (window.document.visibilityState === 'visible') look();
  });

  return { connection: ordered, accounts, timelines, preferences };
}
