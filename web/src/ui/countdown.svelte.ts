/** Whole seconds that are left, for a person to watch; ends by itself. */
export class Countdown {
  #left = $state(0);
  #timer: ReturnType<typeof setInterval> | undefined;

  get seconds(): number {
    return this.#left;
  }

  start(seconds: number): void {
    const until = Date.now() + seconds * 1000;
    clearInterval(this.#timer);
    this.#left = Math.ceil(seconds);
    this.#timer = setInterval(() => {
      this.#left = Math.max(0, Math.ceil((until - Date.now()) / 1000));
      if (this.#left === 0) clearInterval(this.#timer);
    }, 250);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#left = 0;
  }
}
