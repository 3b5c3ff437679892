import type { Connection } from './connection';
import { OrderedLine, type Told } from './line';
import { Mailbox } from './mailbox';
import { Peer } from './peer';
import { Proofs, type Identity, type Signer } from './proof';
import type { Streams } from './senders';
import { firstStep, NOTHING, soundOf, type Sending, type SendingStep } from './sending';
import type { Timer } from './timer';
import type { PeerView, RemoteTracks, Verified } from './view';

export type { PeerState, PeerTrouble, PeerView, RemoteTracks, Route, Verified } from './view';

/** What a mesh stands on; `browserParts` makes it. */
export interface MeshParts {
  connect(configuration: RTCConfiguration): Connection;
  stream(): MediaStream;
  /** By way of the server; resolves once it has handed the message on. */
  tell(to: string, told: Told): Promise<void>;
  readonly timer: Timer;
  /** Whose key signs what we tell, and checks what we are told; without it nothing is signed. */
  readonly identity?: Identity;
  /** What went wrong and was got over; for whoever looks into a call that goes badly. */
  readonly complain?: (session: string, error: unknown) => void;
}

/** A participant as the mesh needs to know it. */
export interface Present {
  readonly session: string;
  /** `Media.screen_stream` of the participant; empty while there is no screen. */
  readonly screenStream: string;
  /** `Participant.device`: whose key a proof is held against. */
  readonly device?: string;
  /** `Media.camera`: a camera that is off is no tile, before the connection has heard of it. */
  readonly camera?: boolean;
  /** `Media.microphone`: sound comes all the time then, whether or not anybody speaks. */
  readonly microphone?: boolean;
  /** `Participant.listening`: is sent sound only, sends nothing, and needs no other listener. */
  readonly listening?: boolean;
}

type Listener = (peers: ReadonlyMap<string, PeerView>) => void;

/** One transport for everything: gathers once, connects once. */
const FIXED: RTCConfiguration = { bundlePolicy: 'max-bundle' };

const UNSIGNED: Verified = { state: 'unsigned', words: null };

/**
 * All peers of one call: as many connections as there are other participants, except that those
 * who listen have none with each other.
 *
 * The roster says who there is; a peer that is not in it any more is closed at once.
 */
export class Mesh {
  /** The id of the own stream of the screen, the same over the whole call. */
  readonly screenStream: string;
  readonly #parts: MeshParts;
  readonly #me: string;
  readonly #streams: Streams;
  readonly #mailbox: Mailbox;
  readonly #peers = new Map<string, Peer>();
  readonly #listeners = new Set<Listener>();
  /** Senders that were adapted to what was measured; they begin with a guess. */
  readonly #adapted = new Set<string>();
  #present: ReadonlyMap<string, Present> = new Map();
  #configuration: RTCConfiguration = FIXED;
  #sending: Sending = NOTHING;
  #proofs: Proofs | null = null;
  #isFirstRoster = true;
  #isTelling = false;
  #isClosed = false;

  constructor(parts: MeshParts, me: string) {
    this.#parts = parts;
    this.#me = me;
    this.#streams = { person: parts.stream(), screen: parts.stream() };
    this.screenStream = this.#streams.screen.id;
    this.#mailbox = new Mailbox(parts.timer);
  }

  get peers(): ReadonlyMap<string, PeerView> {
    const views = new Map<string, PeerView>();
    for (const [session, peer] of this.#peers) views.set(session, this.#view(session, peer));
    return views;
  }

  /** ICE servers; connections that live get them, too, for their next restart. */
  configure(configuration: RTCConfiguration): void {
    this.#configuration = { ...configuration, ...FIXED };
    for (const [session, peer] of this.#peers) {
      try {
        peer.configure(this.#configuration);
      } catch (error) {
        this.#complain(session, error);
      }
    }
  }

  /**
   * Who is in the call, in the order of coming. We offer to those who came before us; those after
   * us offer to us. `call` is what descriptions are signed for: without it they are not.
   */
  setRoster(participants: readonly Present[], call: string | null = null): void {
    if (this.#isClosed) return;
    const { identity } = this.#parts;
    if (call !== null && identity !== undefined && this.#proofs?.call !== call) {
      this.#proofs = new Proofs(call, this.#me, identity);
    }
    const present = new Map(participants.map((each) => [each.session, each]));
    const before = this.#present;
    this.#present = present;
    const isOther = (session: string): boolean =>
      (before.get(session)?.listening === true) !== this.#listens(session);
    for (const [session, peer] of this.#peers) {
      if (!this.#needs(session)) this.#part(session, peer);
      else if (isOther(session) || isOther(this.#me)) peer.send(this.#sendingTo(session));
    }
    const ours = participants.findIndex(({ session }) => session === this.#me);
    participants.forEach(({ session }, index) => {
      if (session === this.#me || this.#peers.has(session) || !this.#needs(session)) return;
      // A roster that leaves us out tells the order by what was in it first.
      const cameBefore = ours === -1 ? this.#isFirstRoster : index < ours;
      this.#meet(session, cameBefore);
    });
    this.#isFirstRoster = false;
    this.#takeFirstSteps();
    this.#changed();
  }

  /** What the peers are sent from now on, each as much of it as is for them. */
  send(sending: Sending): void {
    this.#sending = sending;
    for (const [session, peer] of this.#peers) peer.send(this.#sendingTo(session));
  }

  /** Takes what another session told us by way of the server. */
  take(from: string, told: Told): void {
    if (this.#isClosed || from === this.#me) return;
    const peer = this.#peers.get(from);
    if (peer === undefined) this.#mailbox.keep(from, told);
    else void peer.take(told);
  }

  networkChanged(): void {
    for (const peer of this.#peers.values()) peer.networkChanged();
  }

  /** A person wants another try with a peer. */
  retry(session: string): void {
    this.#peers.get(session)?.retry();
  }

  /** A person trusts the new key of a peer's device, and wants another try with it. */
  async trust(session: string): Promise<void> {
    await this.#proofs?.forget(this.#signer(session));
    this.retry(session);
  }

  /** How a picture is to be sent to a peer from now on. */
  adapt(session: string, slot: 'camera' | 'screen', step: SendingStep): void {
    this.#adapted.add(`${session} ${slot}`);
    this.#peers.get(session)?.adapt(slot, step);
  }

  /** The browser's figures of a peer; null where there is no such peer. */
  async stats(session: string): Promise<RTCStatsReport | null> {
    try {
      return (await this.#peers.get(session)?.stats()) ?? null;
    } catch {
      // Closed while it was asked.
      return null;
    }
  }

  /** Tells at each change, once for all that changed at the same instant. */
  onChange(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  close(): void {
    this.#isClosed = true;
    for (const [session, peer] of this.#peers) this.#part(session, peer);
    this.#mailbox.clear();
    this.#listeners.clear();
  }

  #meet(session: string, offers: boolean): void {
    const line = new OrderedLine(
      { tell: (told) => this.#parts.tell(session, told) },
      async (sdp) => (await this.#proofs?.sign(session, sdp)) ?? null,
    );
    const peer = new Peer(
      {
        connect: () => this.#parts.connect(this.#configuration),
        line,
        polite: this.#me < session,
        streams: this.#streams,
        timer: this.#parts.timer,
        check: async ({ sdp, proof }) =>
          (await this.#proofs?.check(this.#signer(session), sdp, proof)) ?? UNSIGNED,
        hasTurn: () => hasTurn(this.#configuration),
        sounds: () => this.#present.get(session)?.microphone === true,
        changed: () => {
          this.#changed();
        },
        complained: (error) => {
          this.#complain(session, error);
        },
      },
      this.#sendingTo(session),
      offers,
    );
    this.#peers.set(session, peer);
    for (const told of this.#mailbox.take(session)) void peer.take(told);
  }

  #listens(session: string): boolean {
    return this.#present.get(session)?.listening === true;
  }

  #needs(session: string): boolean {
    return this.#present.has(session) && !(this.#listens(session) && this.#listens(this.#me));
  }

  #sendingTo(session: string): Sending {
    if (this.#listens(this.#me)) return NOTHING;
    return this.#listens(session) ? soundOf(this.#sending) : this.#sending;
  }

  #signer(session: string): Signer {
    return { session, device: this.#present.get(session)?.device ?? null };
  }

  #part(session: string, peer: Peer): void {
    this.#peers.delete(session);
    for (const slot of ['camera', 'screen']) this.#adapted.delete(`${session} ${slot}`);
    peer.close();
  }

  /** Where nothing was measured yet, the uplink is shared by all who are sent pictures. */
  #takeFirstSteps(): void {
    const watchers = [...this.#peers.keys()].filter((session) => !this.#listens(session)).length;
    for (const [session, peer] of this.#peers) {
      for (const slot of ['camera', 'screen'] as const) {
        if (this.#adapted.has(`${session} ${slot}`)) continue;
        peer.adapt(slot, firstStep(slot, watchers));
      }
    }
  }

  #view(session: string, peer: Peer): PeerView {
    const { state, why, route, verified } = peer;
    return { session, state, why, route, tracks: this.#tracks(session, peer), verified };
  }

  #tracks(session: string, peer: Peer): RemoteTracks {
    const present = this.#present.get(session);
    const tracks = peer.tracks(present?.screenStream ?? '');
    return present?.camera === false ? { ...tracks, camera: null } : tracks;
  }

  #changed(): void {
    if (this.#isTelling || this.#isClosed) return;
    this.#isTelling = true;
    queueMicrotask(() => {
      this.#isTelling = false;
      if (this.#isClosed) return;
      const views = this.peers;
      for (const listener of [...this.#listeners]) listener(views);
    });
  }

  #complain(session: string, error: unknown): void {
    this.#parts.complain?.(session, error);
  }
}

function hasTurn({ iceServers = [] }: RTCConfiguration): boolean {
  return iceServers.some(({ urls }) =>
    [urls].flat().some((url) => url.startsWith('turn:') || url.startsWith('turns:')),
  );
}
