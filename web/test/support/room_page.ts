import { Connection } from '../../src/net/connection';
import { Deeds } from '../../src/net/deeds';
import { Follower, isEntry } from '../../src/net/follow';
import { Outbox } from '../../src/net/outbox';
import type { Tabs } from '../../src/net/tabs';
import { Timelines, type TimelineState } from '../../src/net/timelines';
import { IndexedUnsent } from '../../src/net/unsent';
import type { TimelineEntry } from '../../src/protocol/generated';
import { historyAt, room } from './model_room';
import { anId, ScriptedServer } from './scripted_server';
import { settled, StillClock } from './still_clock';

export const me = anId('m');
export const other = anId('a');

/** Somebody's message in the room. */
export function post(seq: number, author = other, client_id = `client-${seq}`): TimelineEntry {
  return {
    t: 'message.posted',
    room,
    seq,
    at: seq,
    author,
    client_id,
    prev: '',
    text: `said ${seq}`,
    mentions: [],
    reply_to: null,
  };
}

/** Tabs of one browser: those in `alive` hold their locks. */
function tab(id: string, alive: Set<string>): Tabs {
  alive.add(id);
  return {
    id,
    gone: (tabs) => Promise.resolve(new Set([...tabs].filter((other) => !alive.has(other)))),
    alone: (_, deed) => deed(),
  };
}

/** One page of the client that shows a room, above a server that a test plays. */
export class RoomPage {
  readonly clock = new StillClock();
  readonly server = new ScriptedServer();
  readonly connection: Connection;
  readonly outbox: Outbox;
  readonly deeds: Deeds;
  readonly timelines: Timelines;
  state!: TimelineState;
  #ids = 0;

  constructor(name: string, alive: Set<string>) {
    const { clock } = this;
    const random = (): number => 0.5;
    this.connection = new Connection({
      open: this.server.open,
      tokens: { token: () => Promise.resolve('token'), onRenewed: () => () => undefined },
      clock,
      random,
      isNetworkUp: () => true,
    });
    const newId = (): string => `${name}-${(this.#ids += 1)}-own-id`;
    const follower = new Follower(this.connection, clock, random);
    this.connection.onEvent((event) => {
      if (isEntry(event)) follower.take(event);
    });
    this.outbox = new Outbox({
      connection: this.connection,
      store: new IndexedUnsent(),
      tabs: tab(name, alive),
      clock,
      random,
      newId,
    });
    this.deeds = new Deeds({ connection: this.connection, clock, random });
    this.timelines = new Timelines({
      connection: this.connection,
      follower,
      outbox: this.outbox,
      deeds: this.deeds,
      newId,
      clock,
      random,
    });
  }

  async online(): Promise<void> {
    this.connection.start();
    await settled();
    this.server.end.greet();
    await settled();
  }

  /** Follows and opens the room, with `entries` in its past. */
  async open(entries: readonly TimelineEntry[]): Promise<void> {
    await this.online();
    await this.outbox.open(me);
    this.deeds.open(me);
    this.timelines.followOnly([room]);
    this.timelines.watch(room, (state) => {
      this.state = state;
    });
    await this.clock.pass(0);
    await this.answerFollow(entries.length);
    await this.answerHistory(entries, entries.length);
  }

  async answerFollow(head: number, entries: TimelineEntry[] = []): Promise<void> {
    const { end } = this.server;
    const rooms = [{ room, recovered: true, head, entries }];
    end.answer(end.last('session.follow').id, { t: 'session.followed', rooms });
    await settled();
  }

  async answerHistory(entries: readonly TimelineEntry[], head: number): Promise<void> {
    const { end } = this.server;
    const { id, request } = end.last('chat.history');
    const { before, after, around, limit } = request;
    const asked = {
      ...(before != null && { before }),
      ...(after != null && { after }),
      ...(around != null && { around }),
    };
    end.answer(id, historyAt(entries, head, asked, limit ?? 50));
    await settled();
  }

  get texts(): string[] {
    return this.state.messages.map((message) => message.text);
  }

  get outgoing(): string[] {
    return this.state.outgoing.map((own) => `${own.text} ${own.status}`);
  }
}
