/**
 * Those who want to be told. Each is told everything in the same order, also what a listener
 * causes by what it does, and even where another one fails.
 */
export class Listeners<T extends NonNullable<unknown> | null> {
  readonly #listeners = new Set<(told: T) => void>();
  readonly #untold: T[] = [];
  #isTelling = false;

  /** The answer stops the telling. */
  add(listener: (told: T) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  tell(news: T): void {
    this.#untold.push(news);
    if (this.#isTelling) return;
    this.#isTelling = true;
    for (let next = this.#untold.shift(); next !== undefined; next = this.#untold.shift()) {
      for (const listener of [...this.#listeners]) this.#tellOne(listener, next);
    }
    this.#isTelling = false;
  }

  #tellOne(listener: (told: T) => void, news: T): void {
    // Removed by a listener before it.
    if (!this.#listeners.has(listener)) return;
    try {
      listener(news);
    } catch (error) {
      // One broken listener must not cost the others their events; the console names it.
      console.error(error);
    }
  }
}
