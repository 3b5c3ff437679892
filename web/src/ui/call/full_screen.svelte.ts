import { untrack } from 'svelte';

/** Long enough to read a name, short enough to see the picture. */
const REST_MS = 3000;

/**
 * The whole screen for a call, as long as it lasts, and the rest that controls take there while
 * nothing moves. To be made while a component is.
 */
export class FullScreen {
  readonly possible = typeof document.documentElement.requestFullscreen === 'function';
  #on = $state(isOn());
  #resting = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #mayRest: () => boolean;

  /** `lasts`: there is a call to fill the screen with. `mayRest`: nobody is at a control. */
  constructor(lasts: () => boolean, mayRest: () => boolean) {
    this.#mayRest = mayRest;
    $effect(() => {
      const changed = (): void => {
        this.#on = isOn();
      };
      document.addEventListener('fullscreenchange', changed);
      return () => {
        document.removeEventListener('fullscreenchange', changed);
      };
    });
    $effect(() => {
      if (this.#on || !this.#on) untrack(() => this.stir());
      return () => {
        clearTimeout(this.#timer);
      };
    });
    // Whatever ends the call ends what it filled.
    const filling = $derived(this.#on && lasts());
    $effect(() => {
      if (!filling) return;
      return () => {
        if (isOn()) void document.exitFullscreen();
      };
    });
  }

  get on(): boolean {
    return this.#on;
  }

  get resting(): boolean {
    return this.#resting;
  }

  toggle(): void {
    if (isOn()) void document.exitFullscreen();
    // The whole page: menus, dialogs and who rings are drawn beside the stage.
    else void document.documentElement.requestFullscreen();
  }

  /** Something moves: the controls come, and go again after a while. */
  stir(): void {
    this.#resting = false;
    clearTimeout(this.#timer);
    if (!this.#on) return;
    this.#timer = setTimeout(() => {
      this.#resting = this.#mayRest();
    }, REST_MS);
  }
}

function isOn(): boolean {
  return document.fullscreenElement !== null;
}
