import type { Told } from '../../rtc/line';
import type { CommandOf, ServerEvent } from '../ports';

/** What a peer told by way of the server. */
export type SignalEvent = Extract<
  ServerEvent,
  {
    t:
      | 'signal.offer'
      | 'signal.answer'
      | 'signal.candidate'
      | 'signal.end_of_candidates'
      | 'signal.restart_ice';
  }
>;

export type SignalTag =
  | 'signaling.offer'
  | 'signaling.answer'
  | 'signaling.candidate'
  | 'signaling.end_of_candidates'
  | 'signaling.restart_ice';

type SignalCommand = { [T in SignalTag]: CommandOf<T> & { t: T } }[SignalTag];

export function isSignal(event: ServerEvent): event is SignalEvent {
  return event.t.startsWith('signal.');
}

/** Reads what arrived in the words of `rtc/`. */
export function toldBy(event: SignalEvent): Told {
  switch (event.t) {
    case 'signal.offer':
    case 'signal.answer': {
      const type = event.t === 'signal.offer' ? 'offer' : 'answer';
      return {
        what: 'description',
        description: { type, sdp: event.sdp, proof: event.proof ?? null },
      };
    }
    case 'signal.candidate':
      return {
        what: 'candidate',
        candidate: {
          candidate: event.candidate,
          sdpMid: event.sdp_mid ?? null,
          sdpMLineIndex: event.sdp_m_line_index ?? null,
          usernameFragment: event.username_fragment ?? null,
        },
      };
    case 'signal.end_of_candidates':
      return { what: 'endOfCandidates', ufrag: event.username_fragment ?? null };
    case 'signal.restart_ice':
      return { what: 'restart' };
    default:
      return event satisfies never;
  }
}

/** Writes what is to be told as a command to the server. */
export function commandOf(room: string, to: string, told: Told): SignalCommand {
  switch (told.what) {
    case 'description': {
      const { type, sdp, proof } = told.description;
      const t = type === 'offer' ? 'signaling.offer' : 'signaling.answer';
      return { t, room, to, sdp, proof };
    }
    case 'candidate': {
      const { candidate = '', sdpMid, sdpMLineIndex, usernameFragment } = told.candidate;
      return {
        t: 'signaling.candidate',
        room,
        to,
        candidate,
        sdp_mid: sdpMid ?? null,
        sdp_m_line_index: sdpMLineIndex ?? null,
        username_fragment: usernameFragment ?? null,
      };
    }
    case 'endOfCandidates':
      return { t: 'signaling.end_of_candidates', room, to, username_fragment: told.ufrag };
    case 'restart':
      return { t: 'signaling.restart_ice', room, to };
    default:
      return told satisfies never;
  }
}
