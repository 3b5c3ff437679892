/** What a recording is made of; a track that is muted, ended or was never there is null. */
export interface RecorderPerson {
  readonly id: string;
  /** Burnt in small at the foot of their picture. */
  readonly name: string;
  readonly self: boolean;
  readonly video: MediaStreamTrack | null;
  readonly audio: MediaStreamTrack | null;
  readonly screen: MediaStreamTrack | null;
  readonly screenAudio: MediaStreamTrack | null;
}

/** The people of a call, or the one person in front of this device, as they are at each moment. */
export interface RecorderSources {
  people(): readonly RecorderPerson[];
  /** Tells of every change of what `people` gives; returns the way to stop listening. */
  onChange(listener: () => void): () => void;
}

/** Which of the sources a recording takes. */
export type Portion = 'everyone' | 'screen' | 'self';

/** One thing that may be seen; without a track it is the person's initials. */
export interface Shown {
  readonly person: string;
  readonly name: string;
  readonly track: MediaStreamTrack | null;
}

/** What is to be seen and heard. */
export interface Cast {
  readonly screens: readonly Shown[];
  readonly faces: readonly Shown[];
  readonly voices: readonly MediaStreamTrack[];
}

/** What a portion takes of the people. All voices go with a screen. */
export function castOf(people: readonly RecorderPerson[], portion: Portion): Cast {
  const taken = portion === 'self' ? people.filter(({ self }) => self) : people;
  const screens = portion === 'self' ? [] : taken.flatMap(screenOf);
  return {
    screens,
    faces: facesOf(taken, portion, screens.length > 0),
    voices: taken
      .flatMap(({ audio, screenAudio }) => [audio, portion === 'self' ? null : screenAudio])
      .filter((track) => track !== null),
  };
}

function screenOf({ id, name, screen }: RecorderPerson): Shown[] {
  return screen === null ? [] : [{ person: id, name, track: screen }];
}

/** Beside a screen, one person alone without a camera would be a pair of initials in its corner. */
function facesOf(
  people: readonly RecorderPerson[],
  portion: Portion,
  besideScreen: boolean,
): readonly Shown[] {
  if (portion === 'screen') return [];
  const faceless = besideScreen && people.length === 1;
  return people
    .filter(({ video }) => video !== null || !faceless)
    .map(({ id, name, video }) => ({ person: id, name, track: video }));
}
