import type * as wire from '../protocol/generated';
import type { ServerEvent } from './ports';

/** A room and its people as one viewer knows them. Pure: a snapshot, then events. */
export interface Roster {
  readonly info: wire.RoomInfo;
  readonly me: wire.Member | null;
  readonly members: ReadonlyMap<string, wire.Member>;
  /** Whether `members` holds everyone; a large room is loaded page by page. */
  readonly complete: boolean;
  /** Events up to here are in `members`. */
  readonly revision: number;
}

export interface Presence {
  readonly revision: number;
  readonly online: number;
  readonly users: ReadonlySet<string>;
  readonly complete: boolean;
}

/** Applies an event of this room. An event that the snapshot already holds changes nothing. */
export function applied(roster: Roster, event: ServerEvent, me: string): Roster {
  switch (event.t) {
    case 'room.updated':
      if (event.revision <= roster.info.revision) return roster;
      return { ...roster, info: event.info, revision: Math.max(roster.revision, event.revision) };
    case 'member.joined':
    case 'member.changed': {
      if (event.revision <= roster.revision) return roster;
      const { member } = event;
      // Someone on a page that is not loaded yet comes with that page.
      const shown = event.t === 'member.joined' || roster.members.has(member.user);
      return {
        ...roster,
        info: event.t === 'member.joined' ? counting(roster.info, event.members) : roster.info,
        me: member.user === me ? member : roster.me,
        members: shown ? new Map(roster.members).set(member.user, member) : roster.members,
        revision: event.revision,
      };
    }
    case 'member.left': {
      if (event.revision <= roster.revision) return roster;
      const members = new Map(roster.members);
      members.delete(event.user);
      return {
        ...roster,
        info: counting(roster.info, event.members),
        me: event.user === me ? null : roster.me,
        members,
        revision: event.revision,
      };
    }
    default:
      return roster;
  }
}

function counting(info: wire.RoomInfo, members: number): wire.RoomInfo {
  return { ...info, members };
}

/** Adds a page of members; people who have changed since, by an event, stay as the event has them. */
export function withPage(roster: Roster, page: wire.MembersPage, first: boolean): Roster {
  const members = new Map(first ? [] : roster.members);
  for (const member of page.members) {
    if (first || !members.has(member.user)) members.set(member.user, member);
  }
  return {
    ...roster,
    members,
    complete: page.next === null,
    revision: first ? page.revision : Math.min(roster.revision, page.revision),
  };
}

/** `null` means that something was missed: ask for the presence again. */
export function presenceAfter(presence: Presence, event: wire.PresenceChanged): Presence | null {
  if (event.revision <= presence.revision) return presence;
  if (event.after > presence.revision) return null;
  const users = new Set(presence.users);
  for (const user of event.left) users.delete(user);
  for (const user of event.joined) users.add(user);
  return {
    revision: event.revision,
    online: event.online,
    users,
    complete: presence.complete && users.size === event.online,
  };
}

/** A snapshot with the changes that overtook it; `null` where one is missing between them. */
export function presenceWith(snapshot: Presence, events: readonly ServerEvent[]): Presence | null {
  return events.reduce<Presence | null>(
    (presence, event) =>
      presence === null || event.t !== 'presence.changed'
        ? presence
        : presenceAfter(presence, event),
    snapshot,
  );
}

const rank: Record<wire.Role, number> = { owner: 0, moderator: 1, member: 2 };

const inOrder = new Intl.Collator();

/** Owner first, then moderators, then members; by name within a role. */
export function sortedPeople(
  members: Iterable<wire.Member>,
  nameOf: (user: string) => string,
): wire.Member[] {
  // Each name is asked for once: in a large room the comparing asks a hundred thousand times.
  const named = [...members].map((member) => ({ member, name: nameOf(member.user) }));
  named.sort(
    (a, b) => rank[a.member.role] - rank[b.member.role] || inOrder.compare(a.name, b.name),
  );
  return named.map(({ member }) => member);
}

/** What the list of people draws, one below the other. */
export type PeopleRow =
  | {
      readonly kind: 'heading';
      readonly key: string;
      readonly online: boolean;
      readonly count: number;
    }
  | {
      readonly kind: 'person';
      readonly key: string;
      readonly online: boolean;
      readonly member: wire.Member;
    }
  | { readonly kind: 'more'; readonly key: string };

/** Those who are here, then those who are not, each under its count; a group of nobody is left out. */
export function peopleRows(
  people: readonly wire.Member[],
  isOnline: (user: string) => boolean,
  { online, members, more }: { online: number; members: number; more: boolean },
): PeopleRow[] {
  const here: PeopleRow[] = [];
  const away: PeopleRow[] = [];
  for (const member of people) {
    const isHere = isOnline(member.user);
    (isHere ? here : away).push({ kind: 'person', key: member.user, online: isHere, member });
  }
  const headed = (group: PeopleRow[], isHere: boolean, count: number): PeopleRow[] =>
    group.length === 0
      ? []
      : [{ kind: 'heading', key: isHere ? 'here' : 'away', online: isHere, count }, ...group];
  return [
    ...headed(here, true, online),
    ...headed(away, false, Math.max(0, members - online)),
    ...(more ? [{ kind: 'more', key: 'more' } as const] : []),
  ];
}

/** What `me` may do to `other`, by the roles of both. */
export function powersOver(
  me: wire.Member | null,
  other: wire.Member,
): {
  readonly moderate: boolean;
  readonly appoint: boolean;
} {
  if (me === null || me.user === other.user) return { moderate: false, appoint: false };
  return {
    moderate: me.role !== 'member' && rank[me.role] < rank[other.role],
    appoint: me.role === 'owner',
  };
}
