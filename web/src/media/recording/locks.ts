/**
 * Which recordings some tab is at. The browser lets go of a dead tab's locks, and of nothing
 * else: an open recording that nobody holds is one whose tab died.
 */
const PREFIX = 'parley.recording.';

/** Holds a recording until the returned function is called; null if another tab does. */
export function hold(id: string): Promise<(() => void) | null> {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(PREFIX + id, { ifAvailable: true }, (lock) => {
        if (lock === null) {
          resolve(null);
          return null;
        }
        return new Promise<void>((letGo) => {
          resolve(letGo);
        });
      })
      .catch(reject);
  });
}

/** Every recording that a tab of this browser is at. */
export async function held(): Promise<ReadonlySet<string>> {
  const locks = await navigator.locks.query();
  return new Set(
    (locks.held ?? []).flatMap(({ name }) =>
      name?.startsWith(PREFIX) === true ? [name.slice(PREFIX.length)] : [],
    ),
  );
}
