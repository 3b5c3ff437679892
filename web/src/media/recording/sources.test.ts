import { expect, test } from 'vitest';
import { castOf, type RecorderPerson } from './sources';

const track = (id: string): MediaStreamTrack => ({ id }) as MediaStreamTrack;
const person = (id: string, having: Partial<RecorderPerson> = {}): RecorderPerson => ({
  id,
  name: id,
  self: false,
  video: track(`${id} camera`),
  audio: track(`${id} voice`),
  screen: null,
  screenAudio: null,
  ...having,
});
const ann = person('ann', { self: true });
const bo = person('bo', { screen: track('bo screen'), screenAudio: track('bo film') });

const ids = (shown: readonly { track: MediaStreamTrack | null }[]): (string | undefined)[] =>
  shown.map((one) => one.track?.id);

test('everyone is everyone, seen and heard', () => {
  const cast = castOf([ann, bo], 'everyone');
  expect(ids(cast.faces)).toEqual(['ann camera', 'bo camera']);
  expect(ids(cast.screens)).toEqual(['bo screen']);
  expect(cast.voices.map(({ id }) => id)).toEqual(['ann voice', 'bo voice', 'bo film']);
});

test('a screen comes with all voices and no cameras', () => {
  const cast = castOf([ann, bo], 'screen');
  expect(cast.faces).toEqual([]);
  expect(ids(cast.screens)).toEqual(['bo screen']);
  expect(cast.voices).toHaveLength(3);
});

test('oneself is one camera and one voice', () => {
  const cast = castOf([{ ...ann, screen: track('ann screen') }, bo], 'self');
  expect(ids(cast.faces)).toEqual(['ann camera']);
  expect(cast.screens).toEqual([]);
  expect(cast.voices.map(({ id }) => id)).toEqual(['ann voice']);
});

test('who has no camera is seen by their initials, but not alone beside a screen', () => {
  const quiet = person('cy', { video: null });
  expect(ids(castOf([quiet], 'everyone').faces)).toEqual([undefined]);
  expect(castOf([{ ...quiet, screen: track('s') }], 'everyone').faces).toEqual([]);
  expect(castOf([{ ...quiet, screen: track('s') }, ann], 'everyone').faces).toHaveLength(2);
});
