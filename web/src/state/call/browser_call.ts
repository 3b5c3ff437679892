import { browserParts } from '../../rtc/browser';
import { IndexedIdentity } from '../../rtc/device_keys';
import { Mesh } from '../../rtc/mesh';
import { CallModel, type CallParts } from './call.svelte';
import { InterruptedModel, type Alive, type InterruptedParts } from './interrupted.svelte';

/** The call as it is in a browser: it is left with the page, and follows the network. */
export function browserCall(
  window: Window & typeof globalThis,
  parts: Omit<CallParts, 'mesh' | 'now' | 'atDoor'>,
): CallModel {
  const identity = new IndexedIdentity();
  const call = new CallModel({
    ...parts,
    now: () => Date.now(),
    mesh: (tell, me) => new Mesh(browserParts(tell, identity), me),
    // The database takes its time to open, and the first offer is signed with what is in it.
    atDoor: () => void identity.own(),
  });
  window.addEventListener('pagehide', () => {
    call.vanish();
  });
  window.addEventListener('online', () => {
    call.networkChanged();
  });
  return call;
}

/** What a call leaves to the page that comes after this one, as a browser keeps it. */
export function browserInterrupted(
  window: Window & typeof globalThis,
  parts: Omit<InterruptedParts, 'now' | 'alive'>,
): InterruptedModel {
  const { navigator } = window;
  const interrupted = new InterruptedModel({
    ...parts,
    now: () => Date.now(),
    alive: 'locks' in navigator ? locked(navigator.locks) : nobody,
  });
  void interrupted.look();
  window.addEventListener('pageshow', ({ persisted }) => {
    if (persisted) void interrupted.look();
  });
  window.addEventListener('storage', ({ key }) => {
    if (key === 'parley.call') interrupted.overtaken();
  });
  return interrupted;
}

const LOCK = 'parley.call.';

/** The browser lets go of a lock when its page dies. */
function locked(locks: LockManager): Alive {
  return {
    hold(session) {
      let letGo = (): void => undefined;
      const held = new Promise<void>((resolve) => (letGo = resolve));
      void locks.request(LOCK + session, () => held);
      return letGo;
    },
    async held() {
      const { held = [] } = await locks.query();
      return new Set(held.map(({ name = '' }) => name.replace(LOCK, '')));
    },
  };
}

/** A page that is no secure context has no locks: of its other pages nothing is known. */
const nobody: Alive = {
  hold: () => () => undefined,
  held: () => Promise.resolve(new Set()),
};
