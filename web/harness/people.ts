import type * as wire from '../src/protocol/generated';

/** Ids in the protocol's form, readable enough for a script: `id('room', 3)`. */
export function id(kind: 'user' | 'room' | 'device', n: number): string {
  const letter = { user: 'a', room: 'b', device: 'c' }[kind];
  return `0${letter}${String(n).padStart(24, '0')}`;
}

const names = [
  'Ada Sandberg',
  'Béatrice Moreau',
  'Karim Haddad',
  'Linnea Öberg',
  'Noah Fischer',
  'Priya Raman',
  'Tomás Rivera',
  'Yuki Tanaka',
  'Élodie Garnier',
  'Sven Lindqvist',
  'Zoë van den Berg-Montgomery the Third',
  'Milo',
];

export const people: wire.Profile[] = names.map((name, n) => ({
  user: id('user', n),
  name: name.split(' ')[0]?.toLowerCase() ?? name,
  display_name: name,
  bio: n % 3 === 0 ? 'Keeps the bridges standing.' : '',
  avatar: null,
  guest: n === 11,
  gone: false,
  last_online: Date.now() - n * 3_600_000,
  revision: 1,
}));

export const me = people[0] as wire.Profile;

export const member = (n: number, role: wire.Role = 'member'): wire.Member => ({
  user: id('user', n),
  role,
  joined_at: Date.now() - 86_400_000 * (n + 1),
  muted_until: n === 6 ? Date.now() + 3_600_000 : 0,
});

const topics: [string, string, boolean][] = [
  ['Harbour bridge', 'Planning and day-to-day of the harbour bridge repairs.', false],
  ['Kitchen', 'What is for lunch, and who brings the bread.', false],
  ['Release 4', 'Everything that has to be true before Thursday.', true],
  ['Photography', 'Light, lenses and long walks.', false],
  ['Svenska', 'Vi pratar svenska här.', false],
  ['Very long room name that nobody should have chosen but somebody did anyway', '', false],
  ['Board', 'Minutes and votes.', true],
  ['Climbing on Sundays', 'Who drives, who belays.', false],
  ['Reading circle', 'One book a month.', false],
];

export const roomInfo = (n: number): wire.RoomInfo => {
  const [name, description, hidden] = topics[n] ?? [`Room ${n}`, '', false];
  return {
    room: id('room', n),
    name,
    description,
    private: hidden,
    owner: id('user', n % 3),
    capacity: 5000,
    slow_mode: n === 3 ? 30 : 0,
    members: 12 + n * 7,
    created_at: Date.now() - 86_400_000 * 40,
    revision: 3,
  };
};

export const roomCount = topics.length;
