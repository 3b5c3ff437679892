import type { Connection } from './ports';

/** Calls back each time the connection comes up, and not when it only becomes slow or quick. */
export function onConnect(connection: Connection, listener: () => void): () => void {
  let up = connection.state.at === 'online';
  return connection.onState((state) => {
    const before = up;
    up = state.at === 'online';
    if (up && !before) listener();
  });
}
