import type { CallPerson } from './people';

/** One picture on the stage: a person, or the screen that a person shares. */
export interface Picture {
  readonly id: string;
  readonly of: 'person' | 'screen';
  readonly person: CallPerson;
}

export type View = 'grid' | 'speaker';

/** How the call is looked at on this page. */
export class StageModel {
  #view = $state<View>('grid');
  #pinned = $state<string | null>(null);
  #full = $state(false);
  #floating = $state(false);
  readonly #people: () => readonly CallPerson[];
  readonly #speaker: () => string | null;

  constructor(people: () => readonly CallPerson[], speaker: () => string | null) {
    this.#people = people;
    this.#speaker = speaker;
  }

  /** What was chosen; a shared screen or a pin takes the stage all the same. */
  get view(): View {
    return this.#view;
  }

  /** The stage has the whole page, without the conversation. */
  get full(): boolean {
    return this.#full;
  }

  /** Who speaks is shown in a window of the browser's own, above other programs. */
  get floating(): boolean {
    return this.#floating;
  }

  get pinned(): string | null {
    return this.pictures.some(({ id }) => id === this.#pinned) ? this.#pinned : null;
  }

  /** Everything there is to see: screens first, then people in the order of coming. */
  get pictures(): readonly Picture[] {
    const people = this.#people();
    return [
      ...people
        .filter(({ media }) => media.screen === true)
        .map((person) => ({ id: `screen:${person.session}`, of: 'screen' as const, person })),
      ...people.map((person) => ({ id: person.session, of: 'person' as const, person })),
    ];
  }

  /** The one picture that is large, or null where all are alike. */
  get large(): string | null {
    const { pictures, pinned } = this;
    if (pinned !== null) return pinned;
    const screen = pictures.findLast(({ of }) => of === 'screen');
    if (screen !== undefined) return screen.id;
    if (this.#view === 'grid' || pictures.length < 2) return null;
    const speaker = this.#speaker();
    const heard = pictures.find(({ id }) => id === speaker);
    return (heard ?? pictures.find(({ person }) => !person.self))?.id ?? null;
  }

  /** Who is shown where there is room for one: who spoke last, else the first of the others. */
  get speaker(): CallPerson | null {
    const people = this.#people();
    const speaker = this.#speaker();
    return (
      people.find(({ session }) => session === speaker) ??
      people.find(({ self }) => !self) ??
      people[0] ??
      null
    );
  }

  look(view: View): void {
    this.#view = view;
    this.#pinned = null;
  }

  pin(picture: string | null): void {
    this.#pinned = picture;
  }

  fill(full: boolean): void {
    this.#full = full;
  }

  float(floating: boolean): void {
    this.#floating = floating;
  }

  reset(): void {
    this.#pinned = null;
    this.#full = false;
    this.#floating = false;
  }
}
