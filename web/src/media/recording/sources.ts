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

/** The people that a portion leaves, without what it does not take. Voices of all go with a screen. */
export function portionOf(
  people: readonly RecorderPerson[],
  portion: Portion,
): readonly RecorderPerson[] {
  switch (portion) {
    case 'everyone':
      return people;
    case 'screen':
      return people.map((person) => ({ ...person, video: null }));
    case 'self':
      return people
        .filter((person) => person.self)
        .map((person) => ({ ...person, screen: null, screenAudio: null }));
    default:
      return portion satisfies never;
  }
}
