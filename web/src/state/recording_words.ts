import type { RecorderTrouble } from './call/recorder.svelte';
import type { LocaleModel } from './locale.svelte';
import type { Kept } from './recordings.svelte';
import type { Instrument } from './studio.svelte';

type Translate = LocaleModel['t'];

/** What to say once a recording is over. */
export function outcomeWords(
  t: Translate,
  outcome: 'saved' | RecorderTrouble,
): { readonly text: string; readonly tone: 'plain' | 'bad' } {
  if (outcome === 'saved') return { text: t('recording.saved'), tone: 'plain' };
  return { text: troubleWords(t, outcome), tone: 'bad' };
}

export function troubleWords(t: Translate, trouble: RecorderTrouble): string {
  switch (trouble) {
    case 'unsupported':
      return t('recording.unsupportedBody');
    case 'noRoom':
      return t('recording.noRoom');
    case 'full':
      return t('recording.full');
    case 'failed':
      return t('recording.failed');
    case 'unfinished':
      return t('recording.unfinished');
    default:
      return trouble satisfies never;
  }
}

/** How a recording is called: as its owner did, or by what it is of. */
export function titleOf(t: Translate, { entry }: Kept): string {
  if (entry.title !== null && entry.title !== '') return entry.title;
  return entry.of === 'call' ? t('recording.ofCall') : t('recording.ofOneself');
}

const instrumentNames = {
  screen: 'recording.screen',
  camera: 'recording.camera',
  microphone: 'recording.microphone',
} as const;

export function instrumentName(t: Translate, instrument: Instrument): string {
  return t(instrumentNames[instrument]);
}
