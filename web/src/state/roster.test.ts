import { describe, expect, test } from 'vitest';
import type { Member, PresenceChanged, Role, RoomInfo } from '../protocol/generated';
import type { ServerEvent } from './ports';
import {
  applied,
  peopleRows,
  powersOver,
  presenceAfter,
  sortedPeople,
  withPage,
  type PeopleRow,
  type Presence,
  type Roster,
} from './roster';

const room = 'room';
const member = (user: string, role: Role = 'member', mutedUntil = 0): Member => ({
  user,
  role,
  joined_at: 1,
  muted_until: mutedUntil,
});
const info = (revision: number, members: number, name = 'Kitchen'): RoomInfo => ({
  room,
  name,
  description: '',
  private: false,
  owner: 'ann',
  capacity: 10,
  slow_mode: 0,
  members,
  created_at: 1,
  revision,
});
const begun: Roster = {
  info: info(3, 2),
  me: member('me'),
  members: new Map([
    ['ann', member('ann', 'owner')],
    ['me', member('me')],
  ]),
  complete: true,
  revision: 3,
};

const joined = (user: string, revision: number, members: number): ServerEvent => ({
  t: 'member.joined',
  room,
  revision,
  member: member(user),
  members,
});
const left = (user: string, revision: number, members: number): ServerEvent => ({
  t: 'member.left',
  room,
  revision,
  user,
  why: 'left',
  members,
});
const changed = (who: Member, revision: number): ServerEvent => ({
  t: 'member.changed',
  room,
  revision,
  member: who,
});
const after = (...events: ServerEvent[]): Roster =>
  events.reduce((roster, event) => applied(roster, event, 'me'), begun);

describe('a roster', () => {
  test('follows who comes, changes and goes', () => {
    const roster = after(
      joined('bob', 4, 3),
      changed(member('bob', 'moderator'), 5),
      left('ann', 6, 2),
    );
    expect([...roster.members.keys()]).toEqual(['me', 'bob']);
    expect(roster.members.get('bob')?.role).toBe('moderator');
    expect(roster.info.members).toBe(2);
    expect(roster.revision).toBe(6);
  });

  test('ignores what its snapshot already holds, and what comes twice', () => {
    expect(after(joined('bob', 3, 3))).toBe(begun);
    const once = after(joined('bob', 4, 3));
    expect(applied(once, joined('bob', 4, 3), 'me')).toBe(once);
  });

  test('an old snapshot with its events equals a fresh one', () => {
    const fresh: Roster = {
      ...begun,
      info: info(5, 3, 'Larder'),
      members: new Map([...begun.members, ['bob', member('bob', 'moderator')]]),
      revision: 6,
    };
    const update: ServerEvent = {
      t: 'room.updated',
      room,
      revision: 5,
      info: info(5, 3, 'Larder'),
    };
    expect(after(joined('bob', 4, 3), update, changed(member('bob', 'moderator'), 6))).toEqual(
      fresh,
    );
  });

  test('knows what one is oneself', () => {
    expect(after(changed(member('me', 'moderator', 99), 4)).me?.muted_until).toBe(99);
    expect(after(left('me', 4, 1)).me).toBeNull();
  });

  test('does not show someone changed whose page is not loaded', () => {
    expect(after(changed(member('zoe', 'moderator'), 4)).members.has('zoe')).toBe(false);
  });

  test('adds pages, and keeps what events have changed meanwhile', () => {
    const first = withPage(
      begun,
      { t: 'rooms.members_page', members: [member('ann', 'owner')], revision: 3, next: 'more' },
      true,
    );
    expect([...first.members.keys()]).toEqual(['ann']);
    expect(first.complete).toBe(false);
    const meanwhile = applied(first, joined('bob', 4, 3), 'me');
    const both = withPage(
      meanwhile,
      {
        t: 'rooms.members_page',
        members: [member('bob', 'moderator'), member('me')],
        revision: 4,
        next: null,
      },
      false,
    );
    expect(both.members.get('bob')?.role).toBe('member');
    expect([...both.members.keys()]).toEqual(['ann', 'bob', 'me']);
    expect(both.complete).toBe(true);
  });
});

describe('presence', () => {
  const here: Presence = { revision: 4, online: 2, users: new Set(['ann', 'me']), complete: true };
  const change = (more: Partial<PresenceChanged>): PresenceChanged => ({
    t: 'presence.changed',
    room,
    revision: 5,
    after: 4,
    online: 2,
    joined: [],
    left: [],
    ...more,
  });

  test('follows who comes and goes', () => {
    const next = presenceAfter(here, change({ joined: ['bob'], left: ['ann'] }));
    expect(next?.users).toEqual(new Set(['me', 'bob']));
    expect(next?.complete).toBe(true);
  });

  test('ignores an old change', () => {
    expect(presenceAfter(here, change({ revision: 4, after: 3, left: ['me'] }))).toBe(here);
  });

  test('asks again after a gap', () => {
    expect(presenceAfter(here, change({ revision: 9, after: 7 }))).toBeNull();
  });

  test('of a large room changes the count alone', () => {
    const next = presenceAfter(here, change({ online: 900 }));
    expect(next?.online).toBe(900);
    expect(next?.users).toEqual(here.users);
    expect(next?.complete).toBe(false);
  });
});

test('people stand by role, then by name', () => {
  const people = [member('zoe'), member('bob'), member('max', 'moderator'), member('ann', 'owner')];
  expect(sortedPeople(people, (user) => user).map(({ user }) => user)).toEqual([
    'ann',
    'max',
    'bob',
    'zoe',
  ]);
});

describe('powers', () => {
  test.each<[Role, Role, boolean, boolean]>([
    ['owner', 'moderator', true, true],
    ['owner', 'member', true, true],
    ['moderator', 'member', true, false],
    ['moderator', 'moderator', false, false],
    ['moderator', 'owner', false, false],
    ['member', 'member', false, false],
  ])('%s over %s', (mine, theirs, moderate, appoint) => {
    expect(powersOver(member('me', mine), member('other', theirs))).toEqual({ moderate, appoint });
  });

  test('nobody has powers over themselves, or from outside', () => {
    const none = { moderate: false, appoint: false };
    expect(powersOver(member('me', 'owner'), member('me', 'owner'))).toEqual(none);
    expect(powersOver(null, member('other'))).toEqual(none);
  });
});

describe('the list of people', () => {
  const keys = (rows: readonly PeopleRow[]): string[] =>
    rows.map((row) => (row.kind === 'heading' ? `${row.key} ${row.count}` : row.key));
  const people = ['ann', 'bob', 'cid'].map((user) => member(user));

  test('has who is here before who is not, under the counts of the whole room', () => {
    const counts = { online: 4, members: 90, more: true };
    const rows = peopleRows(people, (user) => user === 'bob', counts);
    expect(keys(rows)).toEqual(['here 4', 'bob', 'away 86', 'ann', 'cid', 'more']);
  });

  test('has no heading over nobody, and no count below nothing', () => {
    const counts = { online: 5, members: 3, more: false };
    expect(keys(peopleRows(people, () => true, counts))).toEqual(['here 5', 'ann', 'bob', 'cid']);
    expect(keys(peopleRows(people, () => false, counts))[0]).toBe('away 0');
    expect(keys(peopleRows([], () => true, counts))).toEqual([]);
  });
});
