/** What a probe stands on. */
export interface ProbeParts {
  connect(configuration: RTCConfiguration): RTCPeerConnection;
  now(): number;
}

/** What is known of the candidates that one side of a pair found. */
export interface Found {
  readonly types: Set<RTCIceCandidateType>;
  /** Whether every relayed candidate lies on the relay's own machine (127.0.0.0/8, ::1). */
  loopbackRelay: boolean;
  /** The STUN or TURN error that was answered (RFC 8489 §14.8), where one was. */
  error: number | null;
  /** Whether the browser has no more to find. */
  ended: boolean;
}

/**
 * Two connections in this page that talk to each other as two people would.
 *
 * `close` leaves nothing open; it is called whatever happens.
 */
export class Pair {
  readonly a: RTCPeerConnection;
  readonly b: RTCPeerConnection;
  readonly found: Found = { types: new Set(), loopbackRelay: false, error: null, ended: false };
  onFound: () => void = () => undefined;

  constructor(parts: ProbeParts, configuration: RTCConfiguration) {
    this.a = parts.connect(configuration);
    this.b = parts.connect(configuration);
    this.a.onicecandidate = ({ candidate }) => {
      this.#note(candidate);
      hand(this.b, candidate);
    };
    this.b.onicecandidate = ({ candidate }) => {
      hand(this.a, candidate);
    };
    this.a.onicecandidateerror = (event) => {
      // 701 is the browser's own "no answer" (W3C WebRTC §4.8.2): what else is there says more.
      const { errorCode } = event as RTCPeerConnectionIceErrorEvent;
      if (errorCode < 700 || this.found.error === null) this.found.error = errorCode;
      this.onFound();
    };
  }

  /** Offers and answers; resolves once both sides have each other's description. */
  async introduce(): Promise<void> {
    await this.a.setLocalDescription();
    await this.b.setRemoteDescription(this.a.localDescription as RTCSessionDescription);
    await this.b.setLocalDescription();
    await this.a.setRemoteDescription(this.b.localDescription as RTCSessionDescription);
  }

  close(): void {
    for (const side of [this.a, this.b]) {
      side.onicecandidate = null;
      side.onicecandidateerror = null;
      side.ondatachannel = null;
      side.close();
    }
    this.onFound = () => undefined;
  }

  #note(candidate: RTCIceCandidate | null): void {
    if (candidate === null) {
      this.found.ended = true;
    } else if (candidate.type !== null) {
      this.found.types.add(candidate.type);
      if (candidate.type === 'relay') {
        this.found.loopbackRelay = /^(127\.|::1$)/.test(candidate.address ?? '');
      }
    }
    this.onFound();
  }
}

/** The browser puts this behind the description that is being set. */
function hand(side: RTCPeerConnection, candidate: RTCIceCandidate | null): void {
  if (candidate === null || side.signalingState === 'closed') return;
  side.addIceCandidate(candidate).catch(() => undefined);
}
