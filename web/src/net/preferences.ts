/** What is kept on this device over a reload; without storage (a private window) for this page. */
export class DevicePreferences {
  readonly #storage: Storage | null;
  readonly #kept = new Map<string, string>();

  constructor(window: Window) {
    this.#storage = storageOf(window);
  }

  get(name: string): string | null {
    const kept = this.#kept.get(name);
    if (kept !== undefined) return kept;
    return this.#storage?.getItem(`parley.${name}`) ?? null;
  }

  set(name: string, value: string | null): void {
    try {
      if (value === null) this.#storage?.removeItem(`parley.${name}`);
      else this.#storage?.setItem(`parley.${name}`, value);
      this.#kept.delete(name);
      if (this.#storage === null && value !== null) this.#kept.set(name, value);
    } catch {
      // The storage is full.
      if (value !== null) this.#kept.set(name, value);
    }
  }
}

/** Reading the property itself throws where storage is forbidden. */
function storageOf(window: Window): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
