import { browserParts } from '../../rtc/browser';
import { Mesh } from '../../rtc/mesh';
import { CallModel, type CallParts } from './call.svelte';

/** The call as it is in a browser: it is left with the page, and follows the network. */
export function browserCall(
  window: Window & typeof globalThis,
  parts: Omit<CallParts, 'mesh' | 'now'>,
): CallModel {
  const call = new CallModel({
    ...parts,
    now: () => Date.now(),
    mesh: (tell, me) => new Mesh(browserParts(tell), me),
  });
  window.addEventListener('pagehide', () => {
    call.leave();
  });
  window.addEventListener('online', () => {
    call.networkChanged();
  });
  return call;
}
