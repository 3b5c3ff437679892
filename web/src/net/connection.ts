import {
  LIMITS,
  type CommandByTag,
  type Limits,
  type Received,
  type ReplyByTag,
  type SocketCommand,
  type SocketEvent,
  type SocketTag,
  type Welcomed,
} from '../protocol/generated';
import { asRefused, Refused, refusedHere } from '../protocol/refused';
import { backoff } from './backoff';
import type { Clock } from './clock';
import {
  afterRefusedHello,
  consequence,
  endsSignIn,
  type Consequence,
  type Ending,
  type Interruption,
} from './closing';
import { Heartbeat } from './heartbeat';
import { Listeners } from './listeners';
import { Requests } from './requests';
import type { OpenSocket, Socket } from './socket';

/** How the connection stands; times are milliseconds since the epoch. */
export type ConnectionState =
  | { readonly at: 'idle' }
  | { readonly at: 'connecting' }
  | { readonly at: 'online'; readonly slow: boolean; readonly resumed: boolean }
  | { readonly at: 'reconnecting'; readonly since: number; readonly why: Interruption }
  | { readonly at: 'ended'; readonly why: Ending };

/** Who may open a connection: hands out access tokens, and says when there is a newer one. */
export interface TokenSource {
  /** A token that is valid for a while yet; `renewed` asks for one made after this call. */
  token(renewed?: boolean): Promise<string>;
  onRenewed(listener: (token: string) => void): () => void;
}

export interface ConnectionParts {
  readonly open: OpenSocket;
  readonly tokens: TokenSource;
  readonly clock: Clock;
  readonly random: () => number;
  /** Whether the browser believes that there is a network. */
  readonly isNetworkUp: () => boolean;
}

/** A connection that held this long was a good one: the next loss is met without patience lost. */
const SETTLED_MS = 5000;

/** A server that takes longer to open and to greet is tried again. */
const GREETING_MS = 10_000;

/** Beyond this the socket is a queue we can't see into: requests wait here instead. */
const MOST_BUFFERED_BYTES = 256 * 1024;
const DRAIN_LOOK_MS = 50;

/** The one websocket: greets, resumes its session, comes back by itself, and answers by id. */
export class Connection {
  readonly #parts: ConnectionParts;
  readonly #requests: Requests;
  readonly #events = new Listeners<SocketEvent>();
  readonly #states = new Listeners<ConnectionState>();
  #state: ConnectionState = { at: 'idle' };
  #limits: Limits | null = null;
  #session: string | null = null;
  #attempt = 0;
  /** Counts the dials: what an earlier one still reports is of no interest. */
  #dial = 0;
  #socket: Socket | null = null;
  #heartbeat: Heartbeat | null = null;
  #wantsNewToken = false;
  /** When a server that is going away wants us back, and the way to call that off. */
  #comeback: { at: number; cancel: () => void } | null = null;
  #isDraining = false;
  #cancelTimers: (() => void)[] = [];

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    this.#requests = new Requests(parts.clock);
    parts.tokens.onRenewed((token) => {
      if (this.#state.at === 'online') {
        // A refusal is followed by a close with its reason.
        this.ask({ t: 'session.renew', token }).catch(() => undefined);
      }
    });
  }

  get state(): ConnectionState {
    return this.#state;
  }

  get limits(): Limits | null {
    return this.#limits;
  }

  /** Who this page is to other sessions; null until the server has greeted. */
  get session(): string | null {
    return this.#session;
  }

  onEvent(listener: (event: SocketEvent) => void): () => void {
    return this.#events.add(listener);
  }

  onState(listener: (state: ConnectionState) => void): () => void {
    return this.#states.add(listener);
  }

  start(): void {
    if (this.#state.at !== 'idle' && this.#state.at !== 'ended') return;
    this.#attempt = 0;
    this.#become({ at: 'connecting' });
    this.#connect();
  }

  /** Ends it without coming back; the session is given up. */
  stop(): void {
    this.#giveUp();
    this.#become({ at: 'idle' });
  }

  /** Tries at once, without waiting for the backoff. */
  retryNow(): void {
    if (this.#state.at !== 'reconnecting' || this.#socket !== null) return;
    this.#attempt = 0;
    this.#connect();
  }

  /** The network or the page came back: makes sure that the connection is what it seems. */
  look(): void {
    if (this.#state.at === 'online') this.#heartbeat?.probe();
    else this.retryNow();
  }

  /**
   * Asks the server and promises its answer, by the type of the command.
   *
   * Without a connection it is refused at once (`client.offline`), unless the page is connecting
   * for the first time, or the command carries a client id: then it waits.
   *
   * @throws {Refused} and nothing else.
   */
  async ask<T extends SocketTag>(
    command: CommandByTag[T] & { t: T },
    signal?: AbortSignal,
  ): Promise<ReplyByTag[T]> {
    const { at } = this.#state;
    const waits = 'client_id' in command || at === 'connecting';
    if (at === 'idle' || at === 'ended' || (at === 'reconnecting' && !waits)) {
      throw refusedHere('client.offline');
    }
    const { answer } = this.#requests.add(command, signal);
    if (at === 'online') this.#flush();
    // What answers which command is the server's promise, stated once in `ReplyByTag`.
    return (await answer) as ReplyByTag[T];
  }

  #connect(): void {
    this.#hangUp();
    const dial = ++this.#dial;
    this.#parts.tokens.token(this.#wantsNewToken).then(
      (token) => {
        if (dial === this.#dial) this.#open(dial, token);
      },
      (thrown: unknown) => {
        if (dial !== this.#dial) return;
        if (endsSignIn(asRefused(thrown).code)) this.#end('signed_out');
        else this.#comeBackLater('lost');
      },
    );
  }

  #open(dial: number, token: string): void {
    this.#later(GREETING_MS, () => {
      this.#lost('lost');
    });
    this.#socket = this.#parts.open({
      opened: () => {
        if (dial === this.#dial) this.#greet(token);
      },
      received: (text) => {
        if (dial === this.#dial) this.#received(text);
      },
      closed: (code) => {
        if (dial === this.#dial) this.#follow(consequence(code));
      },
    });
  }

  #greet(token: string): void {
    const request = {
      t: 'session.hello',
      token,
      versions: [...LIMITS.protocol_versions],
      session: this.#session,
    } as const;
    this.#socket?.send(JSON.stringify({ id: 'hello', request }));
  }

  #received(text: string): void {
    const frame = parsed(text);
    if (frame === null) return;
    this.#heartbeat?.heard();
    if (!('id' in frame)) this.#happened(frame);
    else if (frame.id === 'hello') this.#greeted(frame.reply);
    else if (frame.id === 'ping') this.#heartbeat?.ponged();
    else this.#requests.answered(frame.id, frame.reply);
  }

  #greeted(reply: ReceivedReply): void {
    if (reply.t === 'session.welcome') this.#welcomed(reply);
    else if (reply.t === 'error') this.#follow(afterRefusedHello(reply.code, this.#wantsNewToken));
  }

  #welcomed(welcome: Welcomed): void {
    this.#stopTimers();
    this.#session = welcome.session;
    this.#limits = welcome.limits;
    this.#wantsNewToken = false;
    this.#heartbeat = new Heartbeat(this.#parts.clock, welcome.heartbeat_ms, {
      ping: () => this.#socket?.send('{"id":"ping","request":{"t":"session.ping"}}'),
      slow: (slow) => {
        if (this.#state.at === 'online') this.#become({ ...this.#state, slow });
      },
      dead: () => {
        this.#lost('lost');
      },
    });
    this.#later(SETTLED_MS, () => {
      this.#attempt = 0;
    });
    this.#become({ at: 'online', slow: false, resumed: welcome.resumed });
    this.#flush();
  }

  #happened(event: SocketEvent): void {
    if (event.t === 'session.going_away') this.#willGoAway(event.delay_ms);
    this.#events.tell(event);
  }

  /** Stays while the server still serves, and moves over at the time it gave us. */
  #willGoAway(delay: number): void {
    this.#comeback?.cancel();
    const { clock } = this.#parts;
    const cancel = clock.after(delay, () => {
      this.#comeback = null;
      this.#interrupted('updating');
      this.#connect();
    });
    this.#comeback = { at: clock.now() + delay, cancel };
  }

  #follow(consequence: Consequence): void {
    if (consequence.is === 'ended') {
      this.#end(consequence.why);
      return;
    }
    if (consequence.newSession) this.#session = null;
    if (consequence.newToken) this.#wantsNewToken = true;
    this.#lost(consequence.why);
  }

  #lost(why: Interruption): void {
    this.#hangUp();
    this.#comeBackLater(why);
  }

  #comeBackLater(why: Interruption): void {
    this.#interrupted(why);
    const { clock, random } = this.#parts;
    const asked = this.#comeback === null ? 0 : this.#comeback.at - clock.now();
    this.#comeback?.cancel();
    this.#comeback = null;
    this.#later(asked > 0 ? asked : backoff(this.#attempt, random), () => {
      this.#connect();
    });
    this.#attempt += 1;
  }

  #interrupted(why: Interruption): void {
    this.#requests.connectionLost();
    const since = this.#state.at === 'reconnecting' ? this.#state.since : this.#parts.clock.now();
    const seen = this.#parts.isNetworkUp() ? why : 'offline';
    this.#become({ at: 'reconnecting', since, why: seen });
  }

  #end(why: Ending): void {
    this.#giveUp();
    this.#become({ at: 'ended', why });
  }

  #giveUp(): void {
    this.#hangUp();
    this.#comeback?.cancel();
    this.#comeback = null;
    this.#session = null;
    this.#wantsNewToken = false;
    this.#requests.endAll();
  }

  /** Drops the socket; whatever it reports from now on is not heard. */
  #hangUp(): void {
    this.#dial += 1;
    this.#stopTimers();
    this.#heartbeat?.stop();
    this.#heartbeat = null;
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  /** Sends what waits, as far as the socket takes it. */
  #flush(): void {
    const most = this.#limits?.frame_bytes ?? LIMITS.max_frame_bytes;
    for (const { id, command } of this.#requests.unsent()) {
      if (this.#socket === null) return;
      if (this.#socket.bufferedAmount > MOST_BUFFERED_BYTES) {
        this.#lookAgain();
        return;
      }
      const text = frameOf(id, command);
      if (new TextEncoder().encode(text).length > most) {
        // Sending it would close the connection for everything else.
        this.#requests.refuse(id, tooLarge);
        continue;
      }
      this.#requests.sent(id);
      this.#socket.send(text);
      this.#heartbeat?.asked();
    }
  }

  #lookAgain(): void {
    if (this.#isDraining) return;
    this.#isDraining = true;
    this.#later(DRAIN_LOOK_MS, () => {
      this.#isDraining = false;
      this.#flush();
    });
  }

  #become(state: ConnectionState): void {
    this.#state = state;
    this.#states.tell(state);
  }

  #later(ms: number, deed: () => void): void {
    this.#cancelTimers.push(this.#parts.clock.after(ms, deed));
  }

  #stopTimers(): void {
    for (const cancel of this.#cancelTimers) cancel();
    this.#cancelTimers = [];
    this.#isDraining = false;
  }
}

const tooLarge = new Refused({
  t: 'error',
  code: 'request.too_large',
  message: 'That message is too large.',
});

type ReceivedReply = Extract<Received, { id: string }>['reply'];

function frameOf(id: string, request: SocketCommand): string {
  return JSON.stringify({ id, request });
}

/** A frame that is no JSON object is not ours; the next one may be. */
function parsed(text: string): Received | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Received) : null;
  } catch {
    return null;
  }
}
