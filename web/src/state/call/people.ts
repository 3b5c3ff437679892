import type { Media, Participant } from '../../protocol/generated';
import { NO_TRACKS, type PeerView, type RemoteTracks } from '../../rtc/view';
import type { Sending } from '../../rtc/sending';
import type { RecorderPerson, Telling } from './recorder.svelte';
import { present } from './roster';

export type { PeerState, PeerTrouble, PeerView, RemoteTracks, Route } from '../../rtc/view';

/** One session in the call, with what is seen and heard of it. */
export interface CallPerson {
  readonly session: string;
  readonly user: string;
  readonly device: string;
  /** This page. */
  readonly self: boolean;
  /** Only listens: is neither seen nor heard. */
  readonly listening: boolean;
  readonly media: Media;
  /** The way to them; null for oneself, and for an instant after they came. */
  readonly peer: PeerView | null;
  readonly tracks: RemoteTracks;
}

/** What somebody tells of recording the call. */
export function tellingOf({ media }: Pick<CallPerson, 'media'>): Telling {
  if (media.recording !== true) return 'nothing';
  return media.recording_paused === true ? 'paused' : 'recording';
}

/** Oneself as one is in the call, before the server says so. */
export interface Own {
  readonly session: string;
  readonly media: Media;
  readonly tracks: Sending;
}

/** Everyone in the call in the order of coming. */
export function peopleOf(
  participants: readonly Participant[],
  peers: ReadonlyMap<string, PeerView>,
  own: Own,
): CallPerson[] {
  const isConnected = (session: string): boolean =>
    session === own.session || peers.get(session)?.state === 'connected';
  const weListen = isListening(participants, own.session);
  return present(participants, isConnected).map((participant) => {
    const { session, user, device, media } = participant;
    const self = session === own.session;
    const peer = peers.get(session) ?? null;
    return {
      session,
      user,
      device,
      self,
      listening: participant.listening === true,
      media: self ? own.media : weListen ? heard(media) : media,
      peer,
      tracks: self ? own.tracks : shown(peer?.tracks ?? NO_TRACKS, media),
    };
  });
}

export function isListening(participants: readonly Participant[], session: string): boolean {
  return participants.some((one) => one.session === session && one.listening === true);
}

/** To somebody who listens no screen is on the stage. */
function heard(media: Media): Media {
  return { ...media, screen: false };
}

/** What someone says they do not send is not shown, though a last picture of it may be there. */
function shown(tracks: RemoteTracks, media: Media): RemoteTracks {
  return {
    microphone: tracks.microphone,
    camera: media.camera === true ? tracks.camera : null,
    screen: media.screen === true ? tracks.screen : null,
    screenAudio: media.screen === true ? tracks.screenAudio : null,
  };
}

/** Somebody as a recording takes them. */
export function recorderPerson(person: CallPerson, name: string): RecorderPerson {
  const { session, self, tracks, media } = person;
  return {
    id: session,
    name,
    self,
    video: tracks.camera,
    audio: media.microphone === true ? tracks.microphone : null,
    screen: tracks.screen,
    screenAudio: tracks.screenAudio,
  };
}

/** The ones who share a screen, and those whose voice there is. */
export function voicesOf(people: readonly CallPerson[]): Map<string, MediaStreamTrack> {
  const voices = new Map<string, MediaStreamTrack>();
  for (const { self, session, tracks, media } of people) {
    if (!self && tracks.microphone !== null && media.microphone === true) {
      voices.set(session, tracks.microphone);
    }
  }
  return voices;
}
