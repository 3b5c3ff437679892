import { untrack } from 'svelte';
import type { AppModel } from '../../state/app.svelte';
import { nameOf } from '../../state/call/person_words';
import { tellingOf, type CallPerson } from '../../state/call/people';

/** Says aloud who comes and goes, and what they do; to be called while a component is made. */
export function announcements(app: AppModel): void {
  const { call, reactions, announcer, locale } = app;
  const { t } = locale;
  let before: ReadonlyMap<string, CallPerson> | null = null;

  $effect(() => {
    const now = call.isIn() ? call.everyone : null;
    untrack(() => {
      if (now === null) {
        const { phase } = call;
        const removed = phase.at === 'ended' && phase.why === 'removed';
        if (before !== null)
          announcer.interrupt(t(removed ? 'call.endedRemoved' : 'call.saidLeft'));
        before = null;
        return;
      }
      const said =
        before === null
          ? [t(call.listening ? 'call.listening' : 'call.saidIn')]
          : changes(before, now);
      before = new Map(now.map((person) => [person.session, person]));
      if (said.length > 0) announcer.interrupt(said.join(' '));
    });
  });

  $effect(() => {
    const { latest } = reactions;
    untrack(() => {
      const person = call.everyone.find(({ session }) => session === latest?.session);
      if (latest === null || person === undefined || person.self) return;
      const name = nameOf(person, call.everyone, app);
      announcer.say(t('call.saidReaction', { name, emoji: latest.emoji }));
    });
  });

  function changes(former: ReadonlyMap<string, CallPerson>, now: readonly CallPerson[]): string[] {
    const said: string[] = [];
    const here = new Set(now.map(({ session }) => session));
    for (const person of former.values()) {
      if (here.has(person.session)) continue;
      said.push(t('call.saidGone', { name: nameOf(person, [...former.values()], app) }));
    }
    for (const person of now) {
      if (person.self) continue;
      const name = nameOf(person, now, app);
      const known = former.get(person.session);
      if (known === undefined) said.push(t('call.saidJoined', { name }));
      const begins = (what: 'hand' | 'screen'): boolean =>
        person.media[what] === true && known?.media[what] !== true;
      if (begins('hand')) said.push(t('call.saidHand', { name }));
      const was = known === undefined ? 'nothing' : tellingOf(known);
      const is = tellingOf(person);
      if (is !== was) said.push(t(recordingWords[is], { name }));
      if (begins('screen')) said.push(t('call.saidScreen', { name }));
    }
    return said;
  }
}

const recordingWords = {
  nothing: 'call.saidRecorded',
  recording: 'call.saidRecording',
  paused: 'call.saidPaused',
} as const;
