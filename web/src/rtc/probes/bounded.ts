/**
 * What `start` comes to, or what `late` makes of it after so many milliseconds or when called off.
 *
 * A probe may wait for something that never comes; it always answers.
 */
export function bounded<T>(
  ms: number,
  signal: AbortSignal,
  late: () => T,
  start: (done: (value: T) => void) => void,
): Promise<T> {
  return new Promise((resolve) => {
    const finish = (value: T): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
      resolve(value);
    };
    const giveUp = (): void => {
      finish(late());
    };
    const timer = setTimeout(giveUp, ms);
    signal.addEventListener('abort', giveUp);
    if (signal.aborted) giveUp();
    else start(finish);
  });
}
