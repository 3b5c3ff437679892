import type { Preferences } from './ports';

const KEPT = 16;

/** The emoji that were used last on this device. */
export class RecentEmojiModel {
  #list = $state.raw<readonly string[]>([]);
  readonly #preferences: Preferences;

  constructor(preferences: Preferences) {
    this.#preferences = preferences;
    this.#list = preferences.get('emoji')?.split(' ').filter(Boolean) ?? [];
  }

  get list(): readonly string[] {
    return this.#list;
  }

  use(emoji: string): void {
    this.#list = [emoji, ...this.#list.filter((known) => known !== emoji)].slice(0, KEPT);
    this.#preferences.set('emoji', this.#list.join(' '));
  }
}
