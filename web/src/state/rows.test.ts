import { describe, expect, test } from 'vitest';
import type { Shown } from '../protocol/generated';
import type { Outgoing } from './ports';
import { GROUP_MS, rowsOf, type RowsOf } from './rows';

const noon = new Date(2026, 10, 21, 12).getTime();
const minute = 60_000;

const said = (seq: number, author: string, at: number, more: Partial<Shown> = {}): Shown => ({
  seq,
  author,
  at,
  client_id: `client-${seq}`,
  text: 'text',
  mentions: [],
  reply: null,
  reactions: [],
  edited_at: null,
  deleted: false,
  changed: seq,
  ...more,
});

const waiting = (clientId: string, at: number, replyTo: number | null = null): Outgoing => ({
  clientId,
  room: 'room',
  text: 'text',
  replyTo,
  at,
  status: 'sending',
  refusal: null,
});

/** Rows in short: a capital begins a group. */
function drawn(given: Partial<RowsOf>): string {
  const rows = rowsOf({
    messages: [],
    outgoing: [],
    moreBefore: false,
    moreAfter: false,
    marker: 0,
    me: 'me',
    ...given,
  });
  return rows
    .map((row) => {
      switch (row.kind) {
        case 'message':
          return row.first ? `M${row.message.seq}` : `m${row.message.seq}`;
        case 'outgoing':
          return row.first ? `O-${row.outgoing.clientId}` : `o-${row.outgoing.clientId}`;
        case 'more':
          return row.end;
        default:
          return row.kind;
      }
    })
    .join(' ');
}

describe('groups', () => {
  test('hold one author within five minutes', () => {
    const messages = [
      said(1, 'a', noon),
      said(2, 'a', noon + minute),
      said(3, 'b', noon + 2 * minute),
      said(4, 'a', noon + 3 * minute),
      said(5, 'a', noon + 3 * minute + GROUP_MS),
      said(6, 'a', noon + 3 * minute + 2 * GROUP_MS + 1),
    ];
    expect(drawn({ messages })).toBe('start day M1 m2 M3 M4 m5 M6');
  });

  test('end where a message answers another', () => {
    const reply = { seq: 1, author: 'a', text: 'text', deleted: false };
    const messages = [said(1, 'a', noon), said(2, 'a', noon, { reply })];
    expect(drawn({ messages })).toBe('start day M1 M2');
  });

  test('go on in what one has written but not sent', () => {
    const messages = [said(1, 'me', noon)];
    const outgoing = [waiting('x', noon + 1), waiting('y', noon + 2), waiting('z', noon + 3, 1)];
    expect(drawn({ messages, outgoing })).toBe('start day M1 o-x o-y O-z');
  });
});

describe('days', () => {
  test('are set apart at local midnight', () => {
    const midnight = new Date(2026, 10, 22).getTime();
    const messages = [said(1, 'a', midnight - 1), said(2, 'a', midnight)];
    expect(drawn({ messages })).toBe('start day M1 day M2');
  });
});

describe('the line of new messages', () => {
  const messages = [
    said(1, 'a', noon),
    said(2, 'a', noon),
    said(4, 'me', noon),
    said(7, 'a', noon),
  ];

  test('stands before the first message after the marker', () => {
    expect(drawn({ messages, marker: 1 })).toBe('start day M1 new M2 M4 M7');
  });

  test('is not drawn before one’s own words', () => {
    expect(drawn({ messages, marker: 2 })).toBe('start day M1 m2 M4 new M7');
  });

  test('waits for the messages before it where they are not loaded', () => {
    const later = messages.slice(1);
    expect(drawn({ messages: later, marker: 1, moreBefore: true })).toBe('before day M2 M4 M7');
    expect(drawn({ messages: later, marker: 1 })).toBe('start day new M2 M4 M7');
  });

  test('needs a marker', () => {
    expect(drawn({ messages, marker: 0 })).toBe('start day M1 m2 M4 M7');
    expect(drawn({ messages, marker: 7 })).toBe('start day M1 m2 M4 M7');
  });
});

describe('the ends', () => {
  test('say where there is more', () => {
    const messages = [said(5, 'a', noon)];
    expect(drawn({ messages, moreBefore: true, moreAfter: true })).toBe('before day M5 after');
  });

  test('unsent messages stand only at the newest end', () => {
    const given = { messages: [said(5, 'a', noon)], outgoing: [waiting('x', noon)] };
    expect(drawn({ ...given, moreAfter: true })).toBe('start day M5 after');
    expect(drawn(given)).toBe('start day M5 O-x');
  });
});

describe('the keys of rows', () => {
  const keys = (given: Partial<RowsOf>): string[] =>
    rowsOf({
      messages: [],
      outgoing: [],
      moreBefore: false,
      moreAfter: false,
      marker: 0,
      me: 'me',
      ...given,
    }).map((row) => row.key);
  const hasTwice = (all: string[]): boolean => new Set(all).size < all.length;

  test('stay when a message is acknowledged, so that it does not blink', () => {
    const key = keys({ outgoing: [waiting('client-9', noon)] }).at(-1);
    expect(key).toContain('client-9');
    expect(keys({ messages: [said(9, 'me', noon)] })).toContain(key);
  });

  test('are different where somebody has copied the client id of another', () => {
    const copied = { client_id: 'client-1' };
    const messages = [said(1, 'a', noon), said(2, 'b', noon, copied)];
    expect(hasTwice(keys({ messages }))).toBe(false);
    expect(hasTwice(keys({ messages, outgoing: [waiting('client-1', noon)] }))).toBe(false);
  });

  test('are different where an author uses a client id again', () => {
    const messages = [said(1, 'a', noon), said(2, 'a', noon, { client_id: 'client-1' })];
    expect(hasTwice(keys({ messages }))).toBe(false);
  });

  test('are different from those of what is no message', () => {
    const messages = ['start', 'new'].map((client_id, at) =>
      said(at + 1, 'a', noon, { client_id }),
    );
    expect(hasTwice(keys({ messages, marker: 1 }))).toBe(false);
  });
});
