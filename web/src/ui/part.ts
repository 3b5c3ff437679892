import type { Component } from 'svelte';

/** A part of the page that comes in a chunk of its own, when it is first asked for. */
export class Part<P extends object> {
  #loaded: Component<P> | null = null;
  readonly #fetch: () => Promise<{ default: Component<P> }>;

  constructor(fetch: () => Promise<{ default: Component<P> }>) {
    this.#fetch = fetch;
  }

  /** The component, once it is here: it is then drawn at once. */
  get loaded(): Component<P> | null {
    return this.#loaded;
  }

  /** Rejects where the server no longer has this chunk, or can't be reached. */
  async load(): Promise<Component<P>> {
    this.#loaded ??= (await this.#fetch()).default;
    return this.#loaded;
  }

  /** Loads it before it is asked for; that this fails is told when it is. */
  warm(): void {
    this.load().catch(() => undefined);
  }
}
