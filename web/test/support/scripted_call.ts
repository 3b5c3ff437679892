import * as wire from '../../src/protocol/generated';
import { Refused, refusedHere } from '../../src/protocol/refused';
import type { Told } from '../../src/rtc/line';
import type { Present } from '../../src/rtc/mesh';
import type { PeerView } from '../../src/rtc/view';
import type { Sending } from '../../src/rtc/sending';
import type { CallMesh } from '../../src/state/call/seat.svelte';
import type { CallMedia } from '../../src/state/call/call.svelte';
import type { Connection, ConnectionState, ServerEvent } from '../../src/state/ports';

/** A server that keeps one call, as far as one page can see it; a test moves the rest. */
export class ScriptedLine implements Connection {
  state: ConnectionState = { at: 'online', slow: false, resumed: false };
  session: string | null = 'me-1';
  readonly limits = null;
  readonly asked: wire.SocketCommand[] = [];
  roster: wire.Roster;
  refuse: Partial<Record<wire.SocketTag, wire.ErrorCode>> = {};
  readonly #states = new Set<(state: ConnectionState) => void>();
  readonly #events = new Set<(event: ServerEvent) => void>();

  constructor(room: string) {
    this.roster = {
      room,
      call: null,
      revision: 0,
      started_at: null,
      participants: [],
      limit: 3,
      listener_limit: 2,
    };
  }

  start(): void {
    this.move({ at: 'online', slow: false, resumed: true });
  }
  stop(): void {
    this.move({ at: 'idle' });
  }
  retryNow(): void {
    this.start();
  }
  onState(listener: (state: ConnectionState) => void): () => void {
    this.#states.add(listener);
    return () => this.#states.delete(listener);
  }
  onEvent(listener: (event: ServerEvent) => void): () => void {
    this.#events.add(listener);
    return () => this.#events.delete(listener);
  }

  move(state: ConnectionState): void {
    this.state = state;
    for (const listener of [...this.#states]) listener(state);
  }

  lose(): void {
    this.move({ at: 'reconnecting', since: 0, why: 'lost' });
  }

  tell(event: ServerEvent): void {
    for (const listener of [...this.#events]) listener(event);
  }

  ask<T extends wire.SocketTag>(
    command: wire.CommandByTag[T] & { t: T },
  ): Promise<wire.ReplyByTag[T]> {
    this.asked.push(command as wire.SocketCommand);
    if (this.state.at !== 'online') return Promise.reject(refusedHere('client.offline'));
    const code = this.refuse[command.t];
    if (code !== undefined) return Promise.reject(refused(code));
    return Promise.resolve(this.#answer(command as wire.SocketCommand) as wire.ReplyByTag[T]);
  }

  last<T extends wire.SocketTag>(tag: T): Extract<wire.SocketCommand, { t: T }> {
    const found = this.asked.findLast((command) => command.t === tag);
    if (found === undefined) throw new Error(`no ${tag} was asked`);
    return found as Extract<wire.SocketCommand, { t: T }>;
  }

  times(tag: wire.SocketTag): number {
    return this.asked.filter((command) => command.t === tag).length;
  }

  /** Somebody comes in; the room hears of it. */
  comes(participant: wire.Participant, heard = true): void {
    const call = this.roster.call ?? 'call-1';
    const revision = this.roster.revision + 1;
    const { room } = this.roster;
    this.roster = {
      ...this.roster,
      call,
      started_at: this.roster.started_at ?? 1,
      revision,
      participants: [...this.roster.participants, participant],
    };
    if (heard) this.tell({ t: 'call.joined', room, call, revision, participant });
  }

  goes(session: string, why: 'left' | 'lost' | 'removed' = 'left'): void {
    const revision = this.roster.revision + 1;
    const { room, call } = this.roster;
    this.roster = {
      ...this.roster,
      revision,
      participants: this.roster.participants.filter((one) => one.session !== session),
    };
    this.tell({ t: 'call.left', room, call: call ?? '', revision, session, why });
  }

  /** Somebody is another participant than before; the room hears of it. */
  changes(participant: wire.Participant): void {
    const revision = this.roster.revision + 1;
    const { room, call, participants } = this.roster;
    this.roster = {
      ...this.roster,
      revision,
      participants: participants.map((one) =>
        one.session === participant.session ? participant : one,
      ),
    };
    this.tell({ t: 'call.changed', room, call: call ?? '', revision, participant });
  }

  #join({ media = {}, listen = false }: wire.CommandByTag['signaling.join']): void {
    const me = { ...participant(this.session ?? '', media), listening: listen };
    const isHere = this.roster.participants.some(({ session }) => session === me.session);
    if (isHere) this.changes(me);
    else this.comes(me, false);
  }

  #answer(command: wire.SocketCommand): unknown {
    switch (command.t) {
      case 'signaling.join':
        this.#join(command);
        return { t: 'signaling.roster_found', roster: this.roster };
      case 'signaling.roster':
        return { t: 'signaling.roster_found', roster: this.roster };
      case 'signaling.running':
        return {
          t: 'signaling.running_found',
          rosters: [this.roster],
          limit: 3,
          listener_limit: 2,
        };
      case 'signaling.ice_servers':
        return { t: 'signaling.ice_servers_found', servers: [], expires_at: 0 };
      default:
        return { t: 'done' };
    }
  }
}

function refused(code: wire.ErrorCode): Refused {
  const { retryable } = wire.ERRORS[code];
  return new Refused({ t: 'error', code, message: code, retryable });
}

export const participant = (session: string, media: wire.Media = {}): wire.Participant => ({
  session,
  user: session.replace(/-.*/, ''),
  device: session,
  since: 1,
  media,
});

/** A mesh that only remembers what it was told. */
export class ScriptedMesh implements CallMesh {
  readonly screenStream = 'screen-1';
  readonly me: string;
  roster: readonly Present[] = [];
  taken: [string, Told][] = [];
  sent: Sending[] = [];
  restarts = 0;
  isClosed = false;
  readonly peers: ReadonlyMap<string, PeerView> = new Map();
  #listener: ((peers: ReadonlyMap<string, PeerView>) => void) | null = null;

  constructor(me: string) {
    this.me = me;
  }

  configure(): void {}
  setRoster(roster: readonly Present[]): void {
    this.roster = roster;
  }
  send(sending: Sending): void {
    this.sent.push(sending);
  }
  take(from: string, told: Told): void {
    this.taken.push([from, told]);
  }
  networkChanged(): void {
    this.restarts += 1;
  }
  retry(): void {
    this.restarts += 1;
  }
  trust(): Promise<void> {
    return Promise.resolve();
  }
  adapt(): void {}
  stats(): Promise<null> {
    return Promise.resolve(null);
  }
  onChange(listener: (peers: ReadonlyMap<string, PeerView>) => void): () => void {
    this.#listener = listener;
    return () => (this.#listener = null);
  }
  close(): void {
    this.isClosed = true;
  }
  changes(...peers: PeerView[]): void {
    this.#listener?.(new Map(peers.map((peer) => [peer.session, peer])));
  }
}

/** One's own devices, without any. */
export class ScriptedMedia implements CallMedia {
  muted = false;
  camera: MediaStreamTrack | null = null;
  screen: MediaStreamTrack | null = null;
  handUp = false;
  releases = 0;
  #listener: ((sending: Sending) => void) | null = null;

  sending(): Sending {
    return { microphone: null, camera: this.camera, screen: this.screen, screenAudio: null };
  }
  onSending(listener: (sending: Sending) => void): () => void {
    this.#listener = listener;
    return () => (this.#listener = null);
  }
  openAll(): Promise<void> {
    return Promise.resolve();
  }
  release(): void {
    this.releases += 1;
  }
  change(change: Partial<Pick<ScriptedMedia, 'muted' | 'handUp' | 'camera'>>): void {
    Object.assign(this, change);
    this.#listener?.(this.sending());
  }
}
