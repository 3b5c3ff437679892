/** The pages of the client and their addresses. Pure: `router.svelte.ts` moves the browser. */

export const settingsPages = [
  'profile',
  'devices',
  'calls',
  'password',
  'appearance',
  'notifications',
] as const;
export type SettingsPage = (typeof settingsPages)[number];

export const roomSettingsPages = ['general', 'invites', 'bans'] as const;
export type RoomSettingsPage = (typeof roomSettingsPages)[number];

export type Route =
  | { readonly at: 'home' }
  | { readonly at: 'signIn' }
  | { readonly at: 'register' }
  | { readonly at: 'room'; readonly room: string; readonly message: number | null }
  | { readonly at: 'roomSettings'; readonly room: string; readonly page: RoomSettingsPage }
  | { readonly at: 'browse' }
  | { readonly at: 'recordings' }
  | { readonly at: 'settings'; readonly page: SettingsPage | null }
  | { readonly at: 'invite'; readonly code: string }
  | { readonly at: 'doctor' }
  | { readonly at: 'nowhere' };

const ulid = /^[0-7][0-9a-hjkmnp-tv-z]{25}$/;
const inviteCode = /^[A-Za-z0-9_-]{16,64}$/;

/** Reads an address; whatever is not ours is `nowhere`. */
export function parseRoute(pathname: string, search: string): Route {
  const [first, second, third, fourth, ...rest] = pathname.split('/').filter((part) => part !== '');
  if (rest.length > 0) return { at: 'nowhere' };
  switch (first) {
    case undefined:
      return { at: 'home' };
    case 'sign-in':
      return second === undefined ? { at: 'signIn' } : { at: 'nowhere' };
    case 'register':
      return second === undefined ? { at: 'register' } : { at: 'nowhere' };
    case 'doctor':
      return second === undefined ? { at: 'doctor' } : { at: 'nowhere' };
    case 'browse':
      return second === undefined ? { at: 'browse' } : { at: 'nowhere' };
    case 'recordings':
      return second === undefined ? { at: 'recordings' } : { at: 'nowhere' };
    case 'rooms':
      return parseRoom(second, third, fourth, search);
    case 'settings': {
      if (third !== undefined) return { at: 'nowhere' };
      if (second === undefined) return { at: 'settings', page: null };
      const page = settingsPages.find((known) => known === second);
      return page === undefined ? { at: 'nowhere' } : { at: 'settings', page };
    }
    case 'i':
      return second !== undefined && third === undefined && inviteCode.test(second)
        ? { at: 'invite', code: second }
        : { at: 'nowhere' };
    default:
      return { at: 'nowhere' };
  }
}

function parseRoom(
  room: string | undefined,
  part: string | undefined,
  page: string | undefined,
  search: string,
): Route {
  if (room === undefined || !ulid.test(room)) return { at: 'nowhere' };
  if (part === undefined) {
    const message = Number(new URLSearchParams(search).get('m') ?? 'NaN');
    return { at: 'room', room, message: Number.isInteger(message) && message > 0 ? message : null };
  }
  if (part !== 'settings') return { at: 'nowhere' };
  const known = roomSettingsPages.find((name) => name === (page ?? 'general'));
  return known === undefined ? { at: 'nowhere' } : { at: 'roomSettings', room, page: known };
}

/** Writes the address of a page; `parseRoute` reads it back. */
export function hrefOf(route: Route): string {
  switch (route.at) {
    case 'home':
    case 'nowhere':
      return '/';
    case 'signIn':
      return '/sign-in';
    case 'register':
      return '/register';
    case 'room':
      return route.message === null
        ? `/rooms/${route.room}`
        : `/rooms/${route.room}?m=${route.message}`;
    case 'roomSettings':
      return route.page === 'general'
        ? `/rooms/${route.room}/settings`
        : `/rooms/${route.room}/settings/${route.page}`;
    case 'doctor':
      return '/doctor';
    case 'browse':
      return '/browse';
    case 'recordings':
      return '/recordings';
    case 'settings':
      return route.page === null ? '/settings' : `/settings/${route.page}`;
    case 'invite':
      return `/i/${route.code}`;
    default:
      return route satisfies never;
  }
}

/** The code in what someone pasted: a whole link, a path, or the bare code. */
export function inviteCodeIn(pasted: string): string | null {
  const text = pasted.trim();
  if (inviteCode.test(text)) return text;
  const found = /\/i\/([A-Za-z0-9_-]{16,64})\/?(?:[?#].*)?$/.exec(text);
  return found?.[1] ?? null;
}

/** The room that a page belongs to, for marking it in the list. */
export function roomOf(route: Route): string | null {
  return route.at === 'room' || route.at === 'roomSettings' ? route.room : null;
}
