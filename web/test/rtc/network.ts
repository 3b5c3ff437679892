import { ScriptedTrack } from './scripted_media';
import { receiving, sending } from './scripted_sdp';
import type { Pause } from './operations_chain';
import { ScriptedConnection } from './scripted';

/**
 * The way that packets take between scripted connections: two are connected while each has agreed
 * on what the other one agreed on, and the way is open.
 */
export class Network {
  readonly connections: ScriptedConnection[] = [];
  isCut = false;
  /** Credentials of ways that were tried in vain: only new ones can connect again. */
  readonly #dead = new Set<string>();

  connect(pause: Pause, trickles = true): ScriptedConnection {
    const name = `AA:${String(this.connections.length).padStart(4, '0')}`;
    const made = new ScriptedConnection(name, pause, trickles);
    this.connections.push(made);
    return made;
  }

  /** Whether some peer met more than one connection of another. */
  get hasBegunAnew(): boolean {
    return this.connections.some(({ isClosed }) => isClosed);
  }

  get open(): ScriptedConnection[] {
    return this.connections.filter((each) => !each.isClosed);
  }

  /** Lets packets come through where they can. */
  flow(): void {
    for (const one of this.open) {
      const other = this.#otherOf(one);
      if (other !== null && !this.isCut) {
        one.become('connected', 'connected');
        bring(other, one);
      } else if (one.connectionState === 'connected') {
        one.become('disconnected', 'disconnected');
      } else if (one.connectionState === 'new' && one.agreed !== null) {
        one.become('connecting', 'checking');
      }
    }
  }

  /** Those without a way give up on it, as ICE does after some seconds. */
  fail(): void {
    for (const one of this.open) {
      const isWaiting = ['disconnected', 'connecting'].includes(one.connectionState);
      if (!isWaiting || one.agreed === null) continue;
      this.#dead.add(one.agreed.local.ufrag);
      one.become('failed', 'failed');
    }
  }

  #otherOf(one: ScriptedConnection): ScriptedConnection | null {
    const other = this.open.find(({ name }) => name === one.agreed?.remote.maker);
    const [ours, theirs] = [one.agreed, other?.agreed];
    if (!other || !ours || !theirs || theirs.remote.maker !== one.name) return null;
    const isSame =
      ours.remote.ufrag === theirs.local.ufrag && theirs.remote.ufrag === ours.local.ufrag;
    const isDead = [ours, theirs].some(({ local }) => this.#dead.has(local.ufrag));
    // Who does not trickle has all candidates in its description.
    const isFound =
      !ours.local.trickles ||
      !theirs.local.trickles ||
      one.candidates.has(`${theirs.local.ufrag}-host`) ||
      other.candidates.has(`${ours.local.ufrag}-host`);
    return isSame && !isDead && isFound ? other : null;
  }
}

/** Media of one arrives at another, by m-line. */
function bring(from: ScriptedConnection, to: ScriptedConnection): void {
  for (const line of to.getTransceivers()) {
    if (!receiving(line.currentDirection) || !line.fired) continue;
    const sent = from.getTransceivers().find(({ mid }) => mid === line.mid);
    if (sent === undefined || !sending(sent.currentDirection)) continue;
    const track = ScriptedTrack.of(sent.sender.track);
    line.arriving.source = track;
    if (track !== null) line.arriving.mute(false);
  }
}
