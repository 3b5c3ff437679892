import type { Preferences } from '../src/state/ports';

/** Nothing is kept, so that each look begins alike. */
export const forgetful = (): Preferences => {
  const kept = new Map<string, string>();
  return {
    get: (name) => kept.get(name) ?? null,
    set: (name, value) => {
      if (value === null) kept.delete(name);
      else kept.set(name, value);
    },
  };
};
