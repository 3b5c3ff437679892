import { mount } from 'svelte';
import '../src/style/index.css';
import { AppModel } from '../src/state/app.svelte';
import App from '../src/ui/App.svelte';
import { forgetful } from './preferences';
import type { Scene } from './scene';
import { Source } from './source';

const minute = 60_000;

/** Chosen by `#name`; the address decides the page as usual. */
const scenes: Record<string, Scene> = {
  plain: {},
  anonymous: { anonymous: true },
  throttled: { anonymous: true, refuse: { 'auth.log_in': { code: 'auth.throttled', after: 42 } } },
  taken: { anonymous: true, refuse: { 'auth.register': { code: 'auth.name_taken' } } },
  brokenInvite: {
    anonymous: true,
    refuse: { 'rooms.look_up_invite': { code: 'rooms.invite_expired' } },
  },
  first: { rooms: 0 },
  empty: { messages: 0 },
  long: { messages: 2000, unread: 130 },
  unread: { unread: 4, writing: true },
  states: { outgoing: ['sending', 'failed', 'queued'] },
  offline: {
    link: { at: 'reconnecting', since: Date.now() - 3 * minute, why: 'offline' },
    outgoing: ['queued'],
  },
  reconnecting: { link: { at: 'reconnecting', since: Date.now() - minute, why: 'lost' } },
  loading: { loading: true, refuse: { 'rooms.mine': 'hang', 'rooms.get': 'hang' } },
  muted: { muted: true, role: 'member' },
  member: { role: 'member' },
  banned: { rooms: 0, refuse: { 'rooms.get': { code: 'rooms.banned' } } },
  unknown: { rooms: 0, refuse: { 'rooms.get': { code: 'rooms.unknown' } } },
  full: { rooms: 0, refuse: { 'rooms.join': { code: 'rooms.full' } } },
  outside: { rooms: 0 },
  failing: { refuse: { 'rooms.browse': { code: 'request.unavailable' } } },
  ended: { link: { at: 'ended', why: 'outdated' } },
  guest: { guest: true, rooms: 1, role: 'member' },
};

const source = new Source(scenes[location.hash.slice(1)] ?? {});
const app = new AppModel({
  accounts: source,
  connection: source,
  timelines: source.timelines,
  preferences: forgetful(),
  window,
});
Object.assign(window, { source });

const target = document.getElementById('app');
await app.locale.begin();
if (target) mount(App, { target, props: { app } });
void app.session.start();
