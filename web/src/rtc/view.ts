import type { Slot } from './sending';

/** What a person is to see of the way to another one. */
export type PeerState =
  'connecting' | 'checking' | 'connected' | 'interrupted' | 'failed' | 'closed';

/**
 * Why a peer could not be reached.
 *
 * `noRoute`: both sides tried all ways, none leads through, and there is no relay.
 * `turnUnreachable`: there is a relay, but we don't reach it. `theyAreCutOff`: we do, and nothing
 * of theirs comes there. `peerGone`: the other side does not answer. `timedOut`: a way was found,
 * and nothing came through it in time. `notVerified`: the other side's proof is wrong.
 */
export type PeerTrouble =
  'noRoute' | 'turnUnreachable' | 'theyAreCutOff' | 'peerGone' | 'timedOut' | 'notVerified';

/** Whether media goes straight to the other side, or through a TURN server. */
export type Route = 'direct' | 'relayed';

/** What comes from a peer; what is not sent, or has ended, is null. */
export type RemoteTracks = Readonly<Record<Slot, MediaStreamTrack | null>>;

/**
 * Whether the other side's descriptions were signed by its device.
 *
 * `wrong`: the signature does not fit, or the device had another key before; the connection is
 * refused. `words` are the same on both sides where nobody stands between them, and for people
 * to compare: five groups of five digits. Null where not both sides have a key.
 */
export interface Verified {
  readonly state: 'verified' | 'unsigned' | 'wrong';
  readonly words: string | null;
}

/** One peer of the call, as a person is to see it. */
export interface PeerView {
  readonly session: string;
  readonly state: PeerState;
  readonly why: PeerTrouble | null;
  readonly route: Route | null;
  readonly tracks: RemoteTracks;
  /** Null before the first description came. */
  readonly verified: Verified | null;
}

export const NO_TRACKS: RemoteTracks = {
  microphone: null,
  camera: null,
  screen: null,
  screenAudio: null,
};
