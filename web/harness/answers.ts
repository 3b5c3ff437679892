import type * as wire from '../src/protocol/generated';
import { id, me, member, people, roomCount, roomInfo } from './people';
import type { Scene } from './scene';

/** What the server of a scene answers to a command. */
export function answerTo(
  command: wire.SocketCommand,
  scene: Scene,
  said: (room: string) => readonly wire.Shown[],
): unknown {
  const mine = Math.min(scene.rooms ?? roomCount, roomCount);
  const role = scene.role ?? 'owner';
  const asMe: wire.Member = {
    ...member(0, role),
    muted_until: scene.muted === true ? Date.now() + 1_800_000 : 0,
  };
  switch (command.t) {
    case 'auth.profiles':
      return { profiles: people.filter((person) => command.users.includes(person.user)) };
    case 'auth.devices':
      return {
        devices: [
          { device: id('device', 0), label: 'Firefox on Linux', current: true },
          { device: id('device', 1), label: 'Safari on iPhone' },
          { device: id('device', 2), label: 'Chrome on Windows' },
        ].map((known, n) => ({
          created_at: Date.now() - 86_400_000 * 30,
          last_used_at: Date.now() - n * 7_200_000,
          current: false,
          ...known,
        })),
      };
    case 'auth.update_profile':
      return {
        profile: { ...me, display_name: command.display_name ?? '', bio: command.bio ?? '' },
      };
    case 'rooms.mine':
      return {
        rooms: Array.from({ length: mine }, (_, n) => ({
          info: roomInfo(n),
          me: asMe,
          online: (n * 5) % 13,
        })),
      };
    case 'rooms.get': {
      const n = Number(command.room.slice(2));
      return { info: roomInfo(n), me: n < mine ? asMe : null, online: 5 };
    }
    case 'rooms.members':
      return {
        members: [
          asMe,
          member(1, role === 'owner' ? 'moderator' : 'owner'),
          ...Array.from({ length: 10 }, (_, n) => member(n + 2)),
        ],
        revision: 3,
        next: null,
      };
    case 'rooms.presence':
      return {
        room: command.room,
        revision: 1,
        online: 5,
        users: [0, 1, 2, 4, 8].map((n) => id('user', n)),
        complete: true,
      };
    case 'rooms.browse': {
      const query = (command.query ?? '').toLowerCase();
      return {
        rooms: Array.from({ length: roomCount }, (_, n) => ({
          info: roomInfo(n),
          online: (n * 5) % 13,
        })).filter(({ info }) => !info.private && info.name.toLowerCase().includes(query)),
        next: query === '' ? 'more' : null,
      };
    }
    case 'rooms.invites':
      return {
        invites: [
          {
            code: 'Hx7dQ2mWkP9sLtVa',
            room: command.room,
            by: me.user,
            created_at: Date.now(),
            expires_at: Date.now() + 86_400_000 * 6,
            uses_left: 4,
            guests: true,
          },
        ],
      };
    case 'rooms.bans':
      return {
        bans: [
          { user: id('user', 9), by: me.user, at: Date.now() - 86_400_000, reason: 'Spam links' },
        ],
      };
    case 'rooms.create':
    case 'rooms.join':
    case 'rooms.update':
      return { info: roomInfo(0), me: asMe };
    case 'chat.unread':
      return {
        rooms: command.rooms.map((room) => {
          const n = Number(room.slice(2));
          const total = said(room).length;
          const unread = n === 0 ? (scene.unread ?? 0) : [0, 3, 0, 128, 0, 0, 1, 0, 0][n];
          return {
            room,
            head: total,
            marker: total - (unread ?? 0),
            messages: unread ?? 0,
            mentions: n === 3 ? 2 : 0,
          };
        }),
      };
    case 'chat.mark_read':
      return { rooms: [] };
    default:
      return { t: 'done' };
  }
}
