/** A time that goes on by itself while something on the page reads it. */
export class Elapsed {
  #now = $state(Date.now());

  constructor() {
    $effect(() => {
      const timer = setInterval(() => {
        this.#now = Date.now();
      }, 500);
      return () => {
        clearInterval(timer);
      };
    });
  }

  /** Milliseconds since the epoch. */
  get now(): number {
    return this.#now;
  }
}
