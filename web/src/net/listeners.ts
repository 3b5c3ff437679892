/** Those who want to be told; each is told even where another one fails. */
export class Listeners<T> {
  readonly #listeners = new Set<(told: T) => void>();

  /** The answer stops the telling. */
  add(listener: (told: T) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  tell(told: T): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(told);
      } catch (error) {
        // One broken listener must not cost the others their events; the console names it.
        reportError(error);
      }
    }
  }
}
