/** A line at the foot of the window that goes by itself. */
export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: 'plain' | 'bad';
}

/** Longer than it takes to read two short lines aloud. */
const TOAST_MS = 6000;

/** What is said aside: toasts for everyone, live regions for screen readers. */
export class AnnouncerModel {
  #toasts = $state.raw<readonly Toast[]>([]);
  #polite = $state('');
  #assertive = $state('');
  #next = 1;

  get toasts(): readonly Toast[] {
    return this.#toasts;
  }

  get polite(): string {
    return this.#polite;
  }

  get assertive(): string {
    return this.#assertive;
  }

  toast(text: string, tone: Toast['tone'] = 'plain'): void {
    const id = this.#next++;
    this.#toasts = [...this.#toasts.slice(-2), { id, text, tone }];
    setTimeout(() => {
      this.dismiss(id);
    }, TOAST_MS);
  }

  dismiss(id: number): void {
    this.#toasts = this.#toasts.filter((toast) => toast.id !== id);
  }

  /** Read aloud when there is a pause. A repeated text is read again thanks to the changed ending. */
  say(text: string): void {
    this.#polite = text === this.#polite ? `${text}\u00a0` : text;
  }

  /** Read aloud at once. */
  interrupt(text: string): void {
    this.#assertive = text === this.#assertive ? `${text}\u00a0` : text;
  }
}
