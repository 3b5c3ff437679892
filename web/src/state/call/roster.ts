import type { Participant, Roster } from '../../protocol/generated';
import type { ServerEvent } from '../ports';

/** What happens to a call's roster. */
export type CallEvent = Extract<
  ServerEvent,
  { t: 'call.started' | 'call.ended' | 'call.joined' | 'call.left' | 'call.changed' }
>;

export function isCallEvent(event: ServerEvent): event is CallEvent {
  return event.t.startsWith('call.');
}

/** The roster after an event; the same one where it holds the event already, null on a gap. */
export function rosterAfter(roster: Roster, event: CallEvent): Roster | null {
  if (event.revision <= roster.revision) return roster;
  if (event.revision > roster.revision + 1) return null;
  const { revision } = event;
  switch (event.t) {
    case 'call.started':
      return {
        ...roster,
        revision,
        call: event.call,
        started_at: event.started_at,
        participants: [],
      };
    case 'call.ended':
      return { ...roster, revision, call: null, started_at: null, participants: [] };
    case 'call.joined':
      return { ...roster, revision, participants: [...roster.participants, event.participant] };
    case 'call.left':
      return {
        ...roster,
        revision,
        participants: roster.participants.filter(({ session }) => session !== event.session),
      };
    case 'call.changed':
      return {
        ...roster,
        revision,
        participants: roster.participants.map((known) =>
          known.session === event.participant.session ? event.participant : known,
        ),
      };
    default:
      return event satisfies never;
  }
}

/** Those who take part in full: who has a place that the limit counts. */
export function speakersOf({ participants }: Roster): readonly Participant[] {
  return participants.filter(({ listening }) => listening !== true);
}

export function listenersOf({ participants }: Roster): readonly Participant[] {
  return participants.filter(({ listening }) => listening === true);
}

/** The people of a roster without those who came back under a new session from the same device. */
export function present(
  participants: readonly Participant[],
  isConnected: (session: string) => boolean,
): Participant[] {
  return participants.filter(
    (one) =>
      isConnected(one.session) ||
      !participants.some(
        (other) =>
          other.device === one.device && other.since > one.since && other.user === one.user,
      ),
  );
}
