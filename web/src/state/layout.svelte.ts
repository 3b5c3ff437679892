import type { Preferences } from './ports';

/** What lies over the page; one at a time. */
export type Overlay = 'switcher' | 'shortcuts' | 'createRoom';

/** What of the frame is open on this device. */
export class LayoutModel {
  #peopleColumn = $state(true);
  #peopleDrawer = $state(false);
  #overlay = $state<Overlay | null>(null);
  readonly #preferences: Preferences;

  constructor(preferences: Preferences) {
    this.#preferences = preferences;
    this.#peopleColumn = preferences.get('people') !== 'hidden';
  }

  /** The third column, where the window has the width for one. */
  get peopleColumn(): boolean {
    return this.#peopleColumn;
  }

  /** The same over the page, where it has not. */
  get peopleDrawer(): boolean {
    return this.#peopleDrawer;
  }

  get overlay(): Overlay | null {
    return this.#overlay;
  }

  togglePeople(wide: boolean): void {
    if (wide) {
      this.#peopleColumn = !this.#peopleColumn;
      this.#preferences.set('people', this.#peopleColumn ? null : 'hidden');
    } else {
      this.#peopleDrawer = !this.#peopleDrawer;
    }
  }

  closeDrawer(): void {
    this.#peopleDrawer = false;
  }

  open(overlay: Overlay): void {
    this.#overlay = overlay;
  }

  close(): void {
    this.#overlay = null;
  }
}
