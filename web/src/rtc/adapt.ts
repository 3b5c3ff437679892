/** What one sender of one peer is held to (RFC 8834, W3C WebRTC §5.2.8 `RTCRtpEncodingParameters`). */
export interface SendingStep {
  /** Bits a second. */
  readonly maxBitrate: number;
  /** Frames a second. */
  readonly maxFramerate: number;
  /** How much smaller than the camera gives it: 1 is as it is, 2 half the width and height. */
  readonly scaleResolutionDownBy: number;
  /** What gives way first where the line is too narrow: sharpness (cameras) or motion (screens). */
  readonly degradationPreference: 'maintain-framerate' | 'maintain-resolution';
}
