import { expect, it } from 'vitest';
import { reach } from './reach';
import type { SocketEvents } from './socket';

function socket(): {
  open: (events: SocketEvents) => { bufferedAmount: number; send(): void; close(): void };
  events: SocketEvents;
  did: string[];
} {
  const did: string[] = [];
  const made = {
    did,
    events: undefined as unknown as SocketEvents,
    open: (events: SocketEvents) => {
      made.events = events;
      return { bufferedAmount: 0, send: () => did.push('send'), close: () => did.push('close') };
    },
  };
  return made;
}

it('measures the way there and back, and closes', async () => {
  let at = 0;
  const s = socket();
  const reached = reach(s.open, () => (at += 10), new AbortController().signal);
  s.events.opened();
  s.events.received('{"id":"reach"}');
  expect(await reached).toEqual({ is: 'answered', roundTripMs: 10 });
  expect(s.did).toEqual(['send', 'close']);
});

it('tells a door that is shut from a server that says nothing', async () => {
  const shut = socket();
  const one = reach(shut.open, () => 0, new AbortController().signal);
  shut.events.closed(1006);
  expect((await one).is).toBe('blocked');

  const mute = socket();
  const abort = new AbortController();
  const other = reach(mute.open, () => 0, abort.signal);
  mute.events.opened();
  abort.abort();
  expect(await other).toEqual({ is: 'mute', roundTripMs: null });
  expect(mute.did).toEqual(['send', 'close']);
});
