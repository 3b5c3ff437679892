import { speechProcessing, type Processing } from './constraints';
import type { Kind } from './trouble';

/** What is kept on this device over a reload. */
export interface Memory {
  get(name: string): string | null;
  set(name: string, value: string | null): void;
}

/** A device as it was when it was chosen. */
export interface Remembered {
  readonly id: string;
  /** Browsers change ids when site data goes (W3C Media Capture §9.2.1); the label then tells. */
  readonly label: string;
}

/** Which devices the person uses, and how. */
export class Choices {
  readonly #memory: Memory;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** `null`: whatever the system takes. */
  device(kind: Kind): Remembered | null {
    const kept = parsed(this.#memory.get(`media.${kind}`));
    if (typeof kept?.['id'] !== 'string' || typeof kept['label'] !== 'string') return null;
    return { id: kept['id'], label: kept['label'] };
  }

  choose(kind: Kind, device: Remembered | null): void {
    this.#memory.set(
      `media.${kind}`,
      device && JSON.stringify({ id: device.id, label: device.label }),
    );
  }

  get processing(): Processing {
    const kept = parsed(this.#memory.get('media.processing')) ?? {};
    const read = (name: keyof Processing): boolean => {
      const value = kept[name];
      return typeof value === 'boolean' ? value : speechProcessing[name];
    };
    return {
      echoCancellation: read('echoCancellation'),
      noiseSuppression: read('noiseSuppression'),
      autoGainControl: read('autoGainControl'),
    };
  }

  set processing(processing: Processing) {
    this.#memory.set('media.processing', JSON.stringify(processing));
  }

  /** Whether one came with it the last time; on the first time, with both. */
  on(kind: 'microphone' | 'camera'): boolean {
    return this.#memory.get(`media.${kind}.on`) !== 'no';
  }

  setOn(kind: 'microphone' | 'camera', on: boolean): void {
    this.#memory.set(`media.${kind}.on`, on ? 'yes' : 'no');
  }
}

function parsed(text: string | null): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text ?? 'null');
    return typeof value === 'object' ? (value as Record<string, unknown> | null) : null;
  } catch {
    // Written by another version, or by hand.
    return null;
  }
}
