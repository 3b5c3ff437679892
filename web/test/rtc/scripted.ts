import type { Connection, Sender, TrackArrival } from '../../src/rtc/connection';
import { OperationsChain, type Chained, type Pause } from './operations_chain';
import { scriptedStream } from './scripted_media';
import {
  both,
  direction,
  invalidState,
  mustKeepLines,
  read,
  receiving,
  reversed,
  sending,
  written,
} from './scripted_sdp';
import type { Content, Section } from './scripted_sdp';
import { ScriptedTransceiver, type Owner } from './scripted_transceiver';

/**
 * A connection with the signaling states of JSEP (RFC 8829 §3.2), transceivers by m-line, and the
 * operations chain and negotiation-needed flag of W3C WebRTC §4.4.1.2 and §4.7.3. It refuses what a
 * browser refuses. How packets fare is the `Network`'s.
 */
export class ScriptedConnection implements Connection, Owner, Chained {
  signalingState: RTCSignalingState = 'stable';
  connectionState: RTCPeerConnectionState = 'new';
  iceConnectionState: RTCIceConnectionState = 'new';
  onnegotiationneeded: (() => void) | null = null;
  onicecandidate: ((event: { candidate: RTCIceCandidateInit | null }) => void) | null = null;
  onconnectionstatechange: (() => void) | null = null;
  oniceconnectionstatechange: (() => void) | null = null;
  ontrack: ((event: TrackArrival) => void) | null = null;
  candidates = new Set<string>();
  rollbacks = 0;
  configuration: RTCConfiguration = {};
  report: RTCStatsReport = new Map();

  /** Its certificate. */
  readonly name: string;
  readonly #chain: OperationsChain;
  readonly #trickles: boolean;
  #transceivers: ScriptedTransceiver[] = [];
  /** Agreed on, and under way. */
  #current: { local: RTCSessionDescriptionInit; remote: RTCSessionDescriptionInit } | null = null;
  #pendingLocal: RTCSessionDescriptionInit | null = null;
  #pendingRemote: RTCSessionDescriptionInit | null = null;
  #version = 1;
  #mids = 0;
  #generation = 0;
  #generations = 0;
  #wantsRestart = false;
  #needed = false;

  constructor(name: string, pause: Pause, trickles = true) {
    this.name = name;
    this.#chain = new OperationsChain(this, pause);
    this.#trickles = trickles;
  }

  get localDescription(): RTCSessionDescriptionInit | null {
    return this.#pendingLocal ?? this.#current?.local ?? null;
  }

  get remoteDescription(): RTCSessionDescriptionInit | null {
    return this.#pendingRemote ?? this.#current?.remote ?? null;
  }

  /** What both sides agreed on last. */
  get agreed(): { readonly local: Content; readonly remote: Content } | null {
    if (this.#current === null) return null;
    const { local, remote } = this.#current;
    return { local: read(local.sdp ?? ''), remote: read(remote.sdp ?? '') };
  }

  get isClosed(): boolean {
    return this.signalingState === 'closed';
  }

  getTransceivers(): readonly ScriptedTransceiver[] {
    return this.#transceivers;
  }

  getStats(): Promise<RTCStatsReport> {
    return this.isClosed ? Promise.reject(invalidState('closed')) : Promise.resolve(this.report);
  }

  setConfiguration(configuration: RTCConfiguration): void {
    this.mustBeOpen();
    this.configuration = configuration;
  }

  addTrack(track: MediaStreamTrack, ...[stream]: MediaStream[]): Sender {
    this.mustBeOpen();
    if (this.#transceivers.some(({ sender }) => sender.track === track)) {
      throw new DOMException('sent already', 'InvalidAccessError');
    }
    const kind = track.kind as 'audio' | 'video';
    let free = this.#transceivers.find((each) => each.kind === kind && each.isFree);
    if (free === undefined) {
      free = new ScriptedTransceiver(kind, 'sendrecv', this);
      free.byAddTrack = true;
      this.#transceivers.push(free);
    } else {
      free.direction = direction(true, receiving(free.direction));
    }
    free.sender.track = track;
    free.sender.stream = stream?.id ?? null;
    this.check();
    return free.sender;
  }

  addTransceiver(
    trackOrKind: MediaStreamTrack | 'audio' | 'video',
    init: RTCRtpTransceiverInit,
  ): ScriptedTransceiver {
    this.mustBeOpen();
    const track = typeof trackOrKind === 'string' ? null : trackOrKind;
    const kind = typeof trackOrKind === 'string' ? trackOrKind : trackOrKind.kind;
    const added = new ScriptedTransceiver(
      kind === 'audio' ? 'audio' : 'video',
      init.direction ?? 'sendrecv',
      this,
    );
    added.sender.track = track;
    added.sender.stream = init.streams?.[0]?.id ?? null;
    this.#transceivers.push(added);
    this.check();
    return added;
  }

  restartIce(): void {
    if (this.isClosed || this.localDescription === null) return;
    this.#wantsRestart = true;
    this.check();
  }

  setLocalDescription(): Promise<void> {
    return this.operate('setLocal', () => {
      const isAnswer = this.signalingState === 'have-remote-offer';
      if (isAnswer) this.#answer();
      else this.#offer();
      this.#gather();
    });
  }

  setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
    return this.operate('setRemote', () => {
      const content = read(description.sdp ?? '');
      const known = this.#current?.remote.sdp;
      if (known !== undefined && read(known).maker !== content.maker) {
        throw new DOMException('another certificate', 'InvalidAccessError');
      }
      if (description.type === 'answer') this.#takeAnswer(description, content);
      else this.#takeOffer(description, content);
    });
  }

  addIceCandidate(candidate?: RTCIceCandidateInit): Promise<void> {
    return this.operate('addCandidate', () => {
      if (this.remoteDescription === null) throw invalidState('no remote description');
      const { ufrag } = read(this.remoteDescription.sdp ?? '');
      if (candidate?.usernameFragment !== ufrag) {
        throw new DOMException('a candidate of another generation', 'OperationError');
      }
      this.candidates.add(candidate.candidate ?? '');
    });
  }

  close(): void {
    this.signalingState = 'closed';
    this.connectionState = 'closed';
  }

  /** What the network makes of it. */
  become(state: RTCPeerConnectionState, ice: RTCIceConnectionState): void {
    if (this.isClosed) return;
    if (ice !== this.iceConnectionState) {
      this.iceConnectionState = ice;
      this.oniceconnectionstatechange?.();
    }
    if (state !== this.connectionState) {
      this.connectionState = state;
      this.onconnectionstatechange?.();
    }
  }

  mustBeOpen(): void {
    if (this.isClosed) throw invalidState('closed');
  }

  /** Updates the negotiation-needed flag (W3C WebRTC §4.7.3). */
  check(): void {
    if (this.isClosed || !this.#chain.isEmpty || this.signalingState !== 'stable') return;
    if (!this.#isNeeded()) {
      this.#needed = false;
      return;
    }
    if (this.#needed) return;
    this.#needed = true;
    void Promise.resolve().then(() => {
      if (this.isClosed || !this.#chain.isEmpty || this.signalingState !== 'stable') {
        // Looked at again once the chain is empty, or both sides agree.
        this.#needed = false;
        return;
      }
      if (this.#isNeeded()) this.onnegotiationneeded?.();
      else this.#needed = false;
    });
  }

  operate(label: string, deed: () => void): Promise<void> {
    if (this.isClosed) return Promise.reject(invalidState('closed'));
    return this.#chain.add(label, deed);
  }

  passed(): void {
    this.check();
  }

  #offer(): void {
    if (this.signalingState === 'have-local-offer') throw invalidState('offers already');
    if (this.#wantsRestart) this.#renew();
    this.#wantsRestart = false;
    for (const each of this.#transceivers) each.mid ??= this.#newMid();
    this.#pendingLocal = this.#describe('offer', this.#inOrder());
    this.signalingState = 'have-local-offer';
  }

  #answer(): void {
    const offered = read(this.#pendingRemote?.sdp ?? '').sections;
    const lines = offered.map((section) => ({
      ...section,
      direction: both(this.#at(section.mid).direction, reversed(section.direction)),
      stream: this.#at(section.mid).sender.stream,
    }));
    // A restart that was offered is answered by new credentials.
    const before = this.#current?.remote.sdp;
    const now = read(this.#pendingRemote?.sdp ?? '').ufrag;
    if (before !== undefined && read(before).ufrag !== now) this.#renew();
    const local = this.#describe('answer', lines);
    this.#agree(local, this.#pendingRemote ?? local, lines);
  }

  #takeOffer(offer: RTCSessionDescriptionInit, content: Content): void {
    if (this.signalingState === 'have-local-offer') this.#rollBack();
    mustKeepLines(read(this.#current?.remote.sdp ?? '').sections, content.sections);
    for (const section of content.sections) {
      this.#associate(section);
      this.#hear(this.#at(section.mid), section);
    }
    this.#pendingRemote = offer;
    this.signalingState = 'have-remote-offer';
  }

  #takeAnswer(answer: RTCSessionDescriptionInit, content: Content): void {
    if (this.signalingState !== 'have-local-offer') {
      throw invalidState(`an answer in ${this.signalingState}`);
    }
    const local = this.#pendingLocal ?? answer;
    const offered = read(local.sdp ?? '').sections;
    const mids = (sections: readonly Section[]): string => sections.map(({ mid }) => mid).join();
    if (mids(offered) !== mids(content.sections)) {
      throw new DOMException('m-lines do not fit the offer', 'InvalidAccessError');
    }
    for (const section of content.sections) this.#hear(this.#at(section.mid), section);
    this.#agree(
      local,
      answer,
      content.sections.map((section) => ({ ...section, direction: reversed(section.direction) })),
    );
  }

  #agree(
    local: RTCSessionDescriptionInit,
    remote: RTCSessionDescriptionInit,
    agreed: readonly Section[],
  ): void {
    for (const { mid, direction: seen } of agreed) this.#at(mid).agree(seen);
    this.#current = { local, remote };
    this.#pendingLocal = null;
    this.#pendingRemote = null;
    this.signalingState = 'stable';
    this.#needed = false;
  }

  #rollBack(): void {
    this.rollbacks += 1;
    const kept = new Set(read(this.#current?.local.sdp ?? '').sections.map(({ mid }) => mid));
    for (const each of this.#transceivers) {
      if (each.mid !== null && !kept.has(each.mid)) each.mid = null;
    }
    // Credentials that were offered and not agreed on are to be replaced still.
    const agreed = this.#current?.local.sdp;
    if (agreed !== undefined && read(agreed).ufrag !== this.#ufrag) {
      this.#generation = Number(read(agreed).ufrag.split('.')[1]);
      this.#wantsRestart = true;
    }
    this.#pendingLocal = null;
  }

  /** RFC 8829 §5.10: the transceiver of an offered m-line, found or made. */
  #associate({ mid, kind, direction: seen }: Section): void {
    if (this.#transceivers.some((each) => each.mid === mid)) return;
    const wantsOurs = receiving(seen);
    const free = this.#transceivers.find(
      (each) => each.byAddTrack && each.mid === null && each.kind === kind && wantsOurs,
    );
    const taken = free ?? new ScriptedTransceiver(kind, 'recvonly', this);
    if (free === undefined) this.#transceivers.push(taken);
    taken.mid = mid;
  }

  #hear(transceiver: ScriptedTransceiver, section: Section): void {
    const { receiver, arriving } = transceiver;
    if (sending(section.direction)) {
      if (!transceiver.fired) {
        const streams = section.stream === null ? [] : [scriptedStream(section.stream)];
        this.ontrack?.({ track: receiver.track, streams, transceiver });
      }
    } else if (transceiver.fired) {
      arriving.source = null;
      arriving.mute(true);
    }
    transceiver.fired = sending(section.direction);
  }

  #isNeeded(): boolean {
    if (this.#wantsRestart) return true;
    const local = read(this.#current?.local.sdp ?? '').sections;
    const remote = read(this.#current?.remote.sdp ?? '').sections;
    const weOffered = this.#current?.local.type === 'offer';
    return this.#transceivers.some((each) => {
      const ours = local.find(({ mid }) => mid === each.mid);
      const theirs = remote.find(({ mid }) => mid === each.mid);
      if (ours === undefined || theirs === undefined) return true;
      const allowed = reversed(theirs.direction);
      if (sending(each.direction) && ours.stream !== each.sender.stream) return true;
      if (weOffered) return each.direction !== ours.direction && each.direction !== allowed;
      return ours.direction !== both(each.direction, allowed);
    });
  }

  #inOrder(): Section[] {
    const agreed = read(this.#current?.local.sdp ?? '').sections.map(({ mid }) => mid);
    const place = ({ mid }: ScriptedTransceiver): number => {
      const index = agreed.indexOf(mid ?? '');
      return index === -1 ? agreed.length : index;
    };
    return [...this.#transceivers]
      .sort((one, other) => place(one) - place(other))
      .map((each) => ({
        mid: each.mid ?? '',
        kind: each.kind,
        direction: each.direction,
        stream: each.sender.stream,
      }));
  }

  #describe(type: 'offer' | 'answer', sections: readonly Section[]): RTCSessionDescriptionInit {
    this.#version += 1;
    const { name: maker } = this;
    const [version, ufrag, trickles] = [this.#version, this.#ufrag, this.#trickles];
    return { type, sdp: written({ maker, version, ufrag, trickles, sections }) };
  }

  #at(mid: string): ScriptedTransceiver {
    const found = this.#transceivers.find((each) => each.mid === mid);
    if (found === undefined) throw new Error(`no transceiver at ${mid}`);
    return found;
  }

  /** Like a browser's: the next number that no m-line has. */
  #newMid(): string {
    while (this.#transceivers.some(({ mid }) => mid === String(this.#mids))) this.#mids += 1;
    return String(this.#mids);
  }

  /** New credentials; those who do not trickle keep theirs, as aiortc does. */
  #renew(): void {
    if (!this.#trickles) return;
    this.#generations += 1;
    this.#generation = this.#generations;
  }

  get #ufrag(): string {
    return `${this.name}.${String(this.#generation)}`;
  }

  #gather(): void {
    const fragment = this.#ufrag;
    for (const candidate of [`${fragment}-host`, `${fragment}-relay`]) {
      this.onicecandidate?.({ candidate: { candidate, usernameFragment: fragment } });
    }
    this.onicecandidate?.({ candidate: null });
  }
}
