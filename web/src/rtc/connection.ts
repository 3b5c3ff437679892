/** Of `setParameters` in WebRTC Extensions; a browser that does not know it takes no notice. */
export interface SetParameterOptions {
  readonly encodingOptions: readonly { readonly keyFrame: boolean }[];
}

/** An `RTCRtpSender`, as much of it as a peer needs. */
export interface Sender {
  readonly track: MediaStreamTrack | null;
  replaceTrack(track: MediaStreamTrack | null): Promise<void>;
  getParameters(): RTCRtpSendParameters;
  setParameters(parameters: RTCRtpSendParameters, options?: SetParameterOptions): Promise<void>;
}

/** An `RTCRtpTransceiver`: one m-line of the descriptions. */
export interface Transceiver {
  readonly mid: string | null;
  direction: RTCRtpTransceiverDirection;
  readonly currentDirection: RTCRtpTransceiverDirection | null;
  readonly sender: Sender;
  readonly receiver: { readonly track: MediaStreamTrack };
}

/** What `ontrack` tells: a track of the other side has come, or has come back. */
export interface TrackArrival {
  readonly track: MediaStreamTrack;
  readonly streams: readonly MediaStream[];
  readonly transceiver: Transceiver;
}

/** An `RTCPeerConnection`, as much of it as a peer needs; tests script one. */
export interface Connection {
  readonly signalingState: RTCSignalingState;
  readonly connectionState: RTCPeerConnectionState;
  readonly iceConnectionState: RTCIceConnectionState;
  readonly localDescription: RTCSessionDescriptionInit | null;
  readonly remoteDescription: RTCSessionDescriptionInit | null;
  onnegotiationneeded: (() => void) | null;
  onicecandidate: ((event: { readonly candidate: RTCIceCandidateInit | null }) => void) | null;
  onconnectionstatechange: (() => void) | null;
  oniceconnectionstatechange: (() => void) | null;
  ontrack: ((event: TrackArrival) => void) | null;
  setConfiguration(configuration: RTCConfiguration): void;
  setLocalDescription(): Promise<void>;
  setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void>;
  addIceCandidate(candidate?: RTCIceCandidateInit): Promise<void>;
  addTrack(track: MediaStreamTrack, ...streams: MediaStream[]): Sender;
  addTransceiver(
    trackOrKind: MediaStreamTrack | 'audio' | 'video',
    init: RTCRtpTransceiverInit,
  ): Transceiver;
  getTransceivers(): readonly Transceiver[];
  getStats(): Promise<RTCStatsReport>;
  restartIce(): void;
  close(): void;
}
