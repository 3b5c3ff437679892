import { browserParts } from '../../rtc/browser';
import { IndexedIdentity } from '../../rtc/device_keys';
import { Mesh } from '../../rtc/mesh';
import { CallModel, type CallParts } from './call.svelte';

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
    call.leave();
  });
  window.addEventListener('online', () => {
    call.networkChanged();
  });
  return call;
}
