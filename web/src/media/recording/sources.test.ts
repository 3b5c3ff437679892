import { expect, test } from 'vitest';
import { portionOf, type RecorderPerson } from './sources';

const track = (id: string): MediaStreamTrack => ({ id }) as MediaStreamTrack;
const person = (id: string, self: boolean): RecorderPerson => ({
  id,
  name: id,
  self,
  video: track(`${id} camera`),
  audio: track(`${id} microphone`),
  screen: self ? null : track(`${id} screen`),
  screenAudio: null,
});
const people = [person('ann', true), person('bo', false)];

test('everyone is everyone', () => {
  expect(portionOf(people, 'everyone')).toEqual(people);
});

test('a screen comes with all voices and no cameras', () => {
  const taken = portionOf(people, 'screen');
  expect(taken.map(({ video }) => video)).toEqual([null, null]);
  expect(taken.map(({ audio }) => audio?.id)).toEqual(['ann microphone', 'bo microphone']);
  expect(taken[1]?.screen?.id).toBe('bo screen');
});

test('oneself is one camera and one voice', () => {
  const taken = portionOf(people, 'self');
  expect(taken.map(({ id }) => id)).toEqual(['ann']);
  expect(taken[0]?.screen).toBeNull();
});
