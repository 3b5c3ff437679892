import { describe, expect, test } from 'vitest';
import type { MessagePosted } from '../protocol/generated';
import { counted, posted, readUpTo, UNREAD_LIMIT, type Unread } from './unread';

const message = (seq: number, author = 'ann', mentions: string[] = []): MessagePosted => ({
  t: 'message.posted',
  room: 'room',
  seq,
  at: 1,
  author,
  client_id: 'client-id',
  prev: '',
  text: 'text',
  mentions,
  reply_to: null,
});
const at = (head: number, marker: number, messages = 0, mentions = 0): Unread => ({
  head,
  marker,
  messages,
  mentions,
});

describe('what is unread', () => {
  test('grows with what others say', () => {
    const one = posted(at(4, 4), message(5), 'me');
    expect(posted(one, message(6, 'ann', ['me']), 'me')).toEqual(at(6, 4, 2, 1));
  });

  test('does not grow with one’s own words, or with what one has read', () => {
    expect(posted(at(4, 4), message(5, 'me'), 'me')).toEqual(at(5, 4));
    expect(posted(at(4, 9), message(5), 'me')).toEqual(at(5, 9));
  });

  test('counts a message once', () => {
    const one = posted(at(4, 4), message(5), 'me');
    expect(posted(one, message(5), 'me')).toBe(one);
  });

  test('stops counting where the server does', () => {
    const full = at(2000, 1, UNREAD_LIMIT, UNREAD_LIMIT);
    expect(posted(full, message(2001, 'ann', ['me']), 'me')).toEqual({ ...full, head: 2001 });
  });

  test('is nothing once one has read to the end', () => {
    expect(readUpTo(at(9, 4, 5, 1), 9)).toEqual(at(9, 9));
  });

  test('waits for the server’s count where one has read a part', () => {
    expect(readUpTo(at(9, 4, 5, 1), 6)).toEqual(at(9, 6, 5, 1));
    const same = at(9, 6);
    expect(readUpTo(same, 5)).toBe(same);
  });

  test('takes the server’s word, unless it is older than what was read here', () => {
    const told = { room: 'room', head: 9, marker: 6, messages: 3, mentions: 0 };
    expect(counted(at(8, 4, 4, 1), told)).toEqual(at(9, 6, 3, 0));
    const ahead = at(9, 9);
    expect(counted(ahead, told)).toBe(ahead);
  });
});
