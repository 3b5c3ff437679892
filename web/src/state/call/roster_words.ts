import type { Roster } from '../../protocol/generated';
import type { LocaleModel } from '../locale.svelte';
import { listenersOf, speakersOf } from './roster';

/** How many are in a call: those who take part, and apart from them those who listen. */
export function countWords(locale: LocaleModel, roster: Roster): string {
  const speakers = speakersOf(roster).length;
  const listeners = listenersOf(roster).length;
  return listeners === 0
    ? locale.t('call.count', { count: speakers })
    : locale.t('call.countListening', {
        speakers: locale.number(speakers),
        listeners: locale.number(listeners),
      });
}
