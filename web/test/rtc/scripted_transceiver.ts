import type { Sender, SetParameterOptions, Transceiver } from '../../src/rtc/connection';
import { ScriptedTrack } from './scripted_media';
import { sending } from './scripted_sdp';

/** What a transceiver asks of its connection. */
export interface Owner {
  check(): void;
  mustBeOpen(): void;
  operate(label: string, deed: () => void): Promise<void>;
}

/** An `RTCRtpTransceiver` with the slots of W3C WebRTC §5.4. */
export class ScriptedTransceiver implements Transceiver {
  readonly kind: 'audio' | 'video';
  readonly sender: ScriptedSender;
  readonly receiver: { readonly track: MediaStreamTrack };
  mid: string | null = null;
  currentDirection: RTCRtpTransceiverDirection | null = null;
  /** Made by `addTrack`, so that an m-line that is offered may take it. */
  byAddTrack = false;
  /** Whether the other side's track was told of and not taken back (`FiredDirection`). */
  fired = false;
  #direction: RTCRtpTransceiverDirection;
  #owner: Owner;
  #everSent = false;

  constructor(kind: 'audio' | 'video', initial: RTCRtpTransceiverDirection, owner: Owner) {
    this.kind = kind;
    this.#direction = initial;
    this.#owner = owner;
    this.sender = new ScriptedSender(kind, owner);
    this.receiver = { track: new ScriptedTrack(kind, true).asTrack };
  }

  get arriving(): ScriptedTrack {
    return this.receiver.track as unknown as ScriptedTrack;
  }

  get direction(): RTCRtpTransceiverDirection {
    return this.#direction;
  }

  set direction(wanted: RTCRtpTransceiverDirection) {
    this.#owner.mustBeOpen();
    if (wanted === 'stopped') throw new TypeError('stopped is no direction to set');
    this.#direction = wanted;
    this.#owner.check();
  }

  /** W3C WebRTC §5.1, `addTrack`: whether it is free for a track of its kind. */
  get isFree(): boolean {
    return this.sender.track === null && !this.#everSent;
  }

  agree(agreed: RTCRtpTransceiverDirection): void {
    this.currentDirection = agreed;
    if (sending(agreed)) this.#everSent = true;
  }
}

export class ScriptedSender implements Sender {
  track: MediaStreamTrack | null = null;
  stream: string | null = null;
  /** How often it was asked for a picture that needs no other. */
  wholePictures = 0;
  readonly #kind: 'audio' | 'video';
  readonly #owner: Owner;
  #parameters: RTCRtpSendParameters = {
    transactionId: '0',
    encodings: [{ active: true }],
    codecs: [],
    headerExtensions: [],
    rtcp: {},
  };
  #transaction = 0;

  constructor(kind: 'audio' | 'video', owner: Owner) {
    this.#kind = kind;
    this.#owner = owner;
  }

  replaceTrack(track: MediaStreamTrack | null): Promise<void> {
    if (track !== null && track.kind !== this.#kind) {
      return Promise.reject(new TypeError(`${track.kind} for ${this.#kind}`));
    }
    return this.#owner.operate('replaceTrack', () => {
      this.track = track;
    });
  }

  getParameters(): RTCRtpSendParameters {
    this.#transaction += 1;
    this.#parameters.transactionId = String(this.#transaction);
    return structuredClone(this.#parameters);
  }

  setParameters(parameters: RTCRtpSendParameters, options?: SetParameterOptions): Promise<void> {
    if (parameters.transactionId !== String(this.#transaction)) {
      return Promise.reject(invalidModification('parameters of another transaction'));
    }
    this.#parameters = parameters;
    if (options?.encodingOptions.every(({ keyFrame }) => keyFrame)) this.wholePictures += 1;
    return Promise.resolve();
  }
}

function invalidModification(message: string): DOMException {
  return new DOMException(message, 'InvalidModificationError');
}
