import type { PlainKey } from '../../i18n/translate';
import type { LocaleModel } from '../locale.svelte';
import type { ProfilesModel } from '../profiles.svelte';
import type { CallPerson, PeerState, PeerTrouble } from './people';

/** Names that tell one's own two devices, and those of others, apart. */
export function nameOf(
  person: CallPerson,
  people: readonly CallPerson[],
  { profiles, locale: { t } }: { profiles: ProfilesModel; locale: LocaleModel },
): string {
  const name = profiles.nameOf(person.user);
  if (person.self) return t('call.you', { name });
  const same = people.filter(({ user }) => user === person.user);
  const chief = same.find(({ self }) => self) ?? same[0];
  return chief === undefined || chief.session === person.session
    ? name
    : t('call.otherDevice', { name });
}

export const stateWords: Readonly<Record<PeerState, PlainKey>> = {
  connecting: 'call.connecting',
  checking: 'call.checking',
  connected: 'call.connected',
  interrupted: 'call.interrupted',
  failed: 'call.failed',
  closed: 'call.closed',
};

export const troubleWords: Readonly<Record<PeerTrouble, PlainKey>> = {
  noRoute: 'call.whyNoRoute',
  turnUnreachable: 'call.whyTurnUnreachable',
  theyAreCutOff: 'call.whyTheyAreCutOff',
  peerGone: 'call.whyPeerGone',
  timedOut: 'call.whyTimedOut',
  notVerified: 'call.whyNotVerified',
};
