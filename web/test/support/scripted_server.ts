import type {
  SocketCommand,
  SocketEvent,
  SocketReply,
  Welcomed,
} from '../../src/protocol/generated';
import type { OpenSocket, Socket, SocketEvents } from '../../src/net/socket';

export const anId = (letter: string): string => `0${letter.repeat(25)}`;

export const welcome: Welcomed = {
  t: 'session.welcome',
  version: 1,
  session: anId('s'),
  resumed: false,
  user: anId('m'),
  guest_room: null,
  gateway: anId('g'),
  now: 1_700_000_000_000,
  heartbeat_ms: 20_000,
  grace_ms: 15_000,
  limits: { frame_bytes: 65_536, message_chars: 4000, followed_rooms: 512, call_participants: 8 },
};

interface Frame {
  readonly id: string;
  readonly request: SocketCommand;
}

/** One connection as the server's end sees it; a test plays the server. */
export class ServerEnd implements Socket {
  bufferedAmount = 0;
  isClosed = false;
  readonly frames: Frame[] = [];
  readonly #events: SocketEvents;

  constructor(events: SocketEvents) {
    this.#events = events;
  }

  send(text: string): void {
    this.frames.push(JSON.parse(text) as Frame);
  }

  close(): void {
    this.isClosed = true;
  }

  get commands(): string[] {
    return this.frames.map((frame) => frame.request.t);
  }

  /** The last frame with this command, and its fields. */
  last<T extends SocketCommand['t']>(t: T): Frame & { request: Extract<SocketCommand, { t: T }> } {
    const frame = this.frames.findLast((sent) => sent.request.t === t);
    if (frame === undefined) throw new Error(`no ${t} among ${this.commands.join(', ')}`);
    return frame as Frame & { request: Extract<SocketCommand, { t: T }> };
  }

  open(): void {
    this.#events.opened();
  }

  greet(changes: Partial<Welcomed> = {}): void {
    this.open();
    this.answer('hello', { ...welcome, ...changes });
  }

  answer(id: string, reply: SocketReply): void {
    this.#events.received(JSON.stringify({ id, reply }));
  }

  tell(event: SocketEvent): void {
    this.#events.received(JSON.stringify(event));
  }

  say(text: string): void {
    this.#events.received(text);
  }

  drop(code = 1006): void {
    this.#events.closed(code);
  }
}

/** Every connection that was opened, in order. */
export class ScriptedServer {
  readonly ends: ServerEnd[] = [];

  readonly open: OpenSocket = (events) => {
    const end = new ServerEnd(events);
    this.ends.push(end);
    return end;
  };

  get end(): ServerEnd {
    const end = this.ends.at(-1);
    if (end === undefined) throw new Error('nothing has connected');
    return end;
  }
}
