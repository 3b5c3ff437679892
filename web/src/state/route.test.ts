import { describe, expect, test } from 'vitest';
import { hrefOf, inviteCodeIn, parseRoute, roomOf, type Route } from './route';

const room = '01hzy3v9k2q4w6e8r0t1y3s5d7';
const code = 'Hx7dQ2mWkP9sLtVa';

const routes: [string, Route][] = [
  ['/', { at: 'home' }],
  ['/sign-in', { at: 'signIn' }],
  ['/register', { at: 'register' }],
  [`/rooms/${room}`, { at: 'room', room, message: null }],
  [`/rooms/${room}?m=12`, { at: 'room', room, message: 12 }],
  [`/rooms/${room}/settings`, { at: 'roomSettings', room, page: 'general' }],
  [`/rooms/${room}/settings/invites`, { at: 'roomSettings', room, page: 'invites' }],
  ['/browse', { at: 'browse' }],
  ['/recordings', { at: 'recordings' }],
  ['/doctor', { at: 'doctor' }],
  ['/settings', { at: 'settings', page: null }],
  ['/settings/devices', { at: 'settings', page: 'devices' }],
  [`/i/${code}`, { at: 'invite', code }],
];

const parse = (href: string): Route => {
  const url = new URL(href, 'https://parley.example');
  return parseRoute(url.pathname, url.search);
};

describe('addresses', () => {
  test.each(routes)('%s is read and written back', (href, route) => {
    expect(parse(href)).toEqual(route);
    expect(hrefOf(route)).toBe(href);
  });

  test.each([
    '/rooms',
    '/rooms/not-an-id',
    `/rooms/${room}/members`,
    `/rooms/${room}/settings/nothing`,
    `/rooms/${room}/settings/bans/more`,
    '/settings/secrets',
    '/settings/profile/picture',
    '/i/short',
    `/i/${code}/more`,
    '/browse/all',
    '/recordings/one',
    '/doctor/strange',
    '/admin',
  ])('%s is nowhere', (href) => {
    expect(parse(href)).toEqual({ at: 'nowhere' });
  });

  test.each(['0', '-3', '1.5', 'x', ''])('a message numbered %j is none', (m) => {
    expect(parse(`/rooms/${room}?m=${m}`)).toEqual({ at: 'room', room, message: null });
  });

  test('the settings of a room belong to the room', () => {
    expect(roomOf(parse(`/rooms/${room}/settings`))).toBe(room);
    expect(roomOf(parse('/browse'))).toBeNull();
  });
});

test.each([
  [code, code],
  [`  ${code} `, code],
  [`https://parley.example/i/${code}`, code],
  [`https://parley.example/i/${code}/?from=mail`, code],
  [`/i/${code}`, code],
  ['https://parley.example/rooms', null],
  ['short', null],
  ['', null],
])('the code in %j is %j', (pasted, found) => {
  expect(inviteCodeIn(pasted)).toBe(found);
});
