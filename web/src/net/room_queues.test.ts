import { beforeEach, describe, expect, it } from 'vitest';
import { StillClock, settled } from '../../test/support/still_clock';
import { Refused } from '../protocol/refused';
import type { ConnectionState } from './connection';
import { Listeners } from './listeners';
import { RoomQueues, type Queued } from './room_queues';

interface Asked {
  readonly clientId: string;
  stored(seq: number): Promise<void>;
  refused(retry_after?: number): Promise<void>;
}

const online: ConnectionState = { at: 'online', slow: false, resumed: false };

let clock: StillClock;
let state: ConnectionState;
let states: Listeners<ConnectionState>;
let asked: Asked[];
let givenUp: string[];
let held: Set<string>;
let queues: RoomQueues<Queued>;

beforeEach(() => {
  clock = new StillClock();
  state = online;
  states = new Listeners();
  asked = [];
  givenUp = [];
  held = new Set();
  queues = new RoomQueues({
    connection: {
      get state() {
        return state;
      },
      onState: (listener) => states.add(listener),
    },
    clock,
    random: () => 0,
    leastWaitMs: 500,
    isReady: ({ clientId }) => !held.has(clientId),
    ask: ({ clientId }) =>
      new Promise((resolve, reject) => {
        asked.push({
          clientId,
          stored: (seq) => {
            resolve({ seq });
            return settled();
          },
          refused: (retry_after) => {
            const wait = retry_after === undefined ? {} : { retry_after };
            reject(new Refused({ t: 'error', code: 'request.internal', message: '', ...wait }));
            return settled();
          },
        });
      }),
    stored: () => undefined,
    isFinal: ({ tries }, _, waitMs) => tries > 2 || waitMs > 60_000,
    givenUp: ({ clientId }) => {
      givenUp.push(clientId);
      held.add(clientId);
    },
  });
});

function put(room: string, ...clientIds: string[]): void {
  for (const clientId of clientIds) queues.add({ clientId, room, tries: 0, seq: null });
  void queues.send(room);
}

function last(): Asked {
  const latest = asked.at(-1);
  if (latest === undefined) throw new Error('nothing was asked');
  return latest;
}

const sent = (): string[] => asked.map(({ clientId }) => clientId);

describe('what waits for a room', () => {
  it('is sent one after the other, and each room goes its own way', async () => {
    const places: string[] = [];
    queues.onAcknowledged(({ room, seq }) => places.push(`${room} ${seq}`));
    put('kitchen', 'one', 'two');
    put('garden', 'three');
    expect(sent()).toEqual(['one', 'three']);
    await asked[0]?.stored(7);
    expect(sent()).toEqual(['one', 'three', 'two']);
    await last().stored(8);
    expect(places).toEqual(['kitchen 7', 'kitchen 8']);
    expect(queues.isSending('kitchen')).toBe(false);
    expect(queues.isSending('garden')).toBe(true);
    expect(queues.of('kitchen').map(({ seq }) => seq)).toEqual([7, 8]);
  });

  it('waits for a connection, and goes on by itself with it', async () => {
    state = { at: 'idle' };
    put('kitchen', 'one');
    expect(sent()).toEqual([]);
    state = online;
    states.tell(state);
    await settled();
    expect(sent()).toEqual(['one']);
  });

  it('waits as long as the server says, else a little, and keeps its order meanwhile', async () => {
    put('kitchen', 'one', 'two');
    await last().refused(7);
    await clock.pass(6999);
    await queues.send('kitchen');
    expect(sent()).toEqual(['one']);
    await clock.pass(1);
    expect(sent()).toEqual(['one', 'one']);
    await last().refused();
    await clock.pass(499);
    expect(sent()).toHaveLength(2);
    await clock.pass(1);
    expect(sent()).toEqual(['one', 'one', 'one']);
  });

  it('goes on at once where the pause is forgotten', async () => {
    put('kitchen', 'one');
    await last().refused(50);
    queues.resume('kitchen');
    void queues.send('kitchen');
    expect(sent()).toEqual(['one', 'one']);
  });

  it('lets those behind go on once one is given up', async () => {
    put('kitchen', 'one', 'two');
    await last().refused(61);
    expect(givenUp).toEqual(['one']);
    expect(sent()).toEqual(['one', 'two']);
  });

  it('is not asked about again once it is removed, whatever the answer', async () => {
    put('kitchen', 'one', 'two');
    queues.remove('one');
    await last().refused(7);
    expect(givenUp).toEqual([]);
    expect(sent()).toEqual(['one', 'two']);
    expect(queues.clear().map(({ clientId }) => clientId)).toEqual(['two']);
    await last().refused(7);
    await clock.pass(7000);
    expect(sent()).toEqual(['one', 'two']);
    expect(queues.rooms()).toEqual(new Set());
  });
});
