/** The tabs of this browser that share one sign-in and one store. */
export interface Tabs {
  /** This tab. */
  readonly id: string;
  /** Which of these tabs are gone. */
  gone(tabs: ReadonlySet<string>): Promise<Set<string>>;
  /** Runs a deed while no other tab runs one of this name. */
  alone<T>(name: string, deed: () => Promise<T>): Promise<T>;
}

/** Tabs that know of each other by Web Locks: a lock is let go by the browser when its tab dies. */
export function lockedTabs(locks: LockManager, id: string): Tabs {
  void locks.request(`parley.tab.${id}`, () => new Promise(() => undefined));
  return {
    id,
    async gone(tabs) {
      const { held = [] } = await locks.query();
      const alive = new Set(held.map((lock) => lock.name));
      return new Set([...tabs].filter((tab) => !alive.has(`parley.tab.${tab}`)));
    },
    alone: async (name, deed) => await locks.request(`parley.${name}`, deed),
  };
}

/**
 * For pages that are no secure context and so have no Web Locks: every other tab counts as gone.
 * Two tabs may then send the same message; its client id makes the server store it once.
 */
export function unlockedTabs(id: string): Tabs {
  const last = new Map<string, Promise<unknown>>();
  return {
    id,
    gone: (tabs) => Promise.resolve(new Set([...tabs].filter((tab) => tab !== id))),
    alone(name, deed) {
      const done = (last.get(name) ?? Promise.resolve()).then(deed, deed);
      last.set(name, done);
      return done;
    },
  };
}
