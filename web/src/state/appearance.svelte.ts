import type { Preferences } from './ports';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

/** Light, dark, or as the system has it. */
export class AppearanceModel {
  #theme = $state<Theme>('system');
  readonly #preferences: Preferences;
  readonly #root: HTMLElement;

  constructor(preferences: Preferences, root: HTMLElement) {
    this.#preferences = preferences;
    this.#root = root;
    const kept = preferences.get('theme');
    this.#apply(themes.find((theme) => theme === kept) ?? 'system');
  }

  get theme(): Theme {
    return this.#theme;
  }

  choose(theme: Theme): void {
    this.#preferences.set('theme', theme === 'system' ? null : theme);
    this.#apply(theme);
  }

  #apply(theme: Theme): void {
    this.#theme = theme;
    if (theme === 'system') delete this.#root.dataset['theme'];
    else this.#root.dataset['theme'] = theme;
  }
}
