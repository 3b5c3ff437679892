import type { Connection } from '../../src/rtc/connection';
import { Negotiation } from '../../src/rtc/negotiation';
import type { Line, Told } from '../../src/rtc/line';

/** Waits for a moment that the test chooses. */
export type Pause = (label: string) => Promise<void>;

interface Content {
  /** Tracks of the side that made it, at the time of making. */
  readonly sends: number;
  readonly ufrag: string;
}

/**
 * A connection with the signaling states of JSEP (RFC 8829 §3.2) and the operations chain of W3C
 * WebRTC §4.4.1.2, whose "tracks" are a number. Descriptions carry it; candidates are only counted.
 */
export class ScriptedConnection implements Connection {
  signalingState: RTCSignalingState = 'stable';
  connectionState: RTCPeerConnectionState = 'new';
  iceConnectionState: RTCIceConnectionState = 'new';
  iceGatheringState: RTCIceGatheringState = 'new';
  localDescription: RTCSessionDescriptionInit | null = null;
  remoteDescription: RTCSessionDescriptionInit | null = null;
  onnegotiationneeded: (() => void) | null = null;
  onicecandidate: ((event: { candidate: RTCIceCandidateInit | null }) => void) | null = null;
  onconnectionstatechange: (() => void) | null = null;
  oniceconnectionstatechange: (() => void) | null = null;
  onicegatheringstatechange: (() => void) | null = null;

  /** Tracks that this side sends, and how many of them the other side has agreed to. */
  tracks = 0;
  agreed = 0;
  /** Tracks of the other side that this side has heard of. */
  hears = 0;
  candidates = new Set<string>();
  rollbacks = 0;

  readonly #name: string;
  readonly #pause: Pause;
  #generation = 0;
  #restart = false;
  #chain: Promise<void> = Promise.resolve();
  #queued = 0;
  #firing = false;

  constructor(name: string, pause: Pause) {
    this.#name = name;
    this.#pause = pause;
  }

  /** Sends one track more. */
  addTrack(): void {
    this.tracks += 1;
    this.#check();
  }

  restartIce(): void {
    this.#restart = true;
    this.#check();
  }

  setLocalDescription(): Promise<void> {
    return this.#operate('setLocal', () => {
      if (this.signalingState === 'have-remote-offer') {
        this.localDescription = this.#describe('answer');
        this.#stable();
      } else {
        if (this.#restart) this.#generation += 1;
        this.#restart = false;
        this.localDescription = this.#describe('offer');
        this.signalingState = 'have-local-offer';
      }
      this.#gather();
    });
  }

  setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
    return this.#operate('setRemote', () => {
      if (description.type === 'offer') {
        if (this.signalingState === 'have-local-offer') this.rollbacks += 1;
        this.signalingState = 'have-remote-offer';
        this.hears = content(description).sends;
      } else {
        if (this.signalingState !== 'have-local-offer') {
          throw new Error(`an answer in ${this.signalingState}`);
        }
        this.agreed = content(this.localDescription).sends;
        this.#stable();
      }
      this.remoteDescription = description;
    });
  }

  async addIceCandidate(candidate?: RTCIceCandidateInit): Promise<void> {
    await this.#pause(`${this.#name} addCandidate`);
    const fragment = candidate?.usernameFragment ?? '';
    if (!this.remoteDescription?.sdp?.includes(`a=ice-ufrag:${fragment}`)) {
      throw new Error('a candidate of another generation');
    }
    this.candidates.add(candidate?.candidate ?? '');
  }

  close(): void {
    this.signalingState = 'closed';
  }

  #describe(type: 'offer' | 'answer'): RTCSessionDescriptionInit {
    // An answer can't bring tracks that the offer had no place for.
    const sends = type === 'offer' ? this.tracks : this.agreed;
    return { type, sdp: `a=ice-ufrag:${this.#ufrag}\r\na=sends:${String(sends)}\r\n` };
  }

  get #ufrag(): string {
    return `${this.#name}${String(this.#generation)}`;
  }

  #gather(): void {
    const fragment = this.#ufrag;
    for (const candidate of [`${fragment}-host`, `${fragment}-relay`]) {
      this.onicecandidate?.({ candidate: { candidate, usernameFragment: fragment } });
    }
    this.onicecandidate?.({ candidate: null });
  }

  #stable(): void {
    this.signalingState = 'stable';
    this.#check();
  }

  /** Fires `negotiationneeded` as W3C WebRTC §4.7.3 has it: stable, and nothing under way. */
  #check(): void {
    if (this.#firing) return;
    this.#firing = true;
    void Promise.resolve().then(() => {
      this.#firing = false;
      const needed = this.tracks > this.agreed || this.#restart;
      if (needed && this.signalingState === 'stable' && this.#queued === 0) {
        this.onnegotiationneeded?.();
      }
    });
  }

  #operate(label: string, deed: () => void): Promise<void> {
    this.#queued += 1;
    const done = this.#chain.then(async () => {
      await this.#pause(`${this.#name} ${label}`);
      deed();
    });
    this.#chain = done
      .catch(() => undefined)
      .then(() => {
        this.#queued -= 1;
        this.#check();
      });
    return done;
  }
}

function content(description: RTCSessionDescriptionInit | null): Content {
  const sdp = description?.sdp ?? '';
  return {
    sends: Number(/a=sends:(\d+)/.exec(sdp)?.[1] ?? 0),
    ufrag: /a=ice-ufrag:(\w+)/.exec(sdp)?.[1] ?? '',
  };
}

/** Two negotiations joined by lines whose messages arrive when the test says so. */
export class Pair {
  readonly a: ScriptedConnection;
  readonly b: ScriptedConnection;
  readonly complaints: unknown[] = [];
  readonly #sides: [Negotiation, Negotiation];

  constructor(pause: Pause) {
    this.a = new ScriptedConnection('a', pause);
    this.b = new ScriptedConnection('b', pause);
    const complain = (error: unknown): void => {
      this.complaints.push(error);
    };
    const toward = (side: 0 | 1): Line => ({
      tell: async (told: Told) => {
        await pause(`relay ${told.what}`);
        // Delivered on its own time: the answer to the sender does not wait for the receiver.
        void this.#sides[side].take(told);
      },
    });
    this.#sides = [
      new Negotiation(this.a, toward(1), true, complain),
      new Negotiation(this.b, toward(0), false, complain),
    ];
  }
}
