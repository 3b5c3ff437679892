import { expect, it } from 'vitest';
import { stunServers, transportOf, turnServers } from './servers';

const servers = [
  { urls: ['stun:one.example:3478'] },
  {
    urls: [
      'turn:two.example:3478',
      'turn:two.example:3478?transport=tcp',
      'turns:two.example:5349?transport=tcp',
    ],
    username: 'until:who',
    credential: 'secret',
  },
];

it.each([
  ['turn:host', 'udp'],
  ['turn:host:3478?transport=udp', 'udp'],
  ['TURN:host?transport=TCP', 'tcp'],
  ['turns:host:5349', 'tls'],
  ['turns:host:5349?transport=tcp', 'tls'],
  ['stun:host', null],
  ['turner:host', null],
])('%s is reached by %s', (url, transport) => {
  expect(transportOf(url)).toBe(transport);
});

it('takes servers apart by what is to be checked', () => {
  expect(stunServers(servers)).toEqual(['stun:one.example:3478']);
  expect(turnServers(servers, 'tcp')).toEqual([
    {
      urls: ['turn:two.example:3478?transport=tcp'],
      username: 'until:who',
      credential: 'secret',
    },
  ]);
  expect(turnServers(servers.slice(0, 1), 'udp')).toEqual([]);
});
