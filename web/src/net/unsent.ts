import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { Error as Refusal } from '../protocol/generated';

/** A message that one has written and the server has not acknowledged. */
export interface Unsent {
  readonly clientId: string;
  readonly user: string;
  readonly room: string;
  readonly text: string;
  readonly replyTo: number | null;
  readonly at: number;
  /** The tab that sends it. */
  readonly tab: string;
  /** Why the server did not take it; it waits for the person then. */
  readonly refusal: Refusal | null;
}

/** Keeps unsent messages over a reload. */
export interface UnsentStore {
  /** In the order of writing. */
  of(user: string): Promise<Unsent[]>;
  put(unsent: Unsent): Promise<void>;
  remove(clientId: string): Promise<void>;
}

interface Schema extends DBSchema {
  unsent: { key: string; value: Unsent; indexes: { user: string } };
}

/** The store in the browser's database. */
export class IndexedUnsent implements UnsentStore {
  #database: Promise<IDBPDatabase<Schema>> | null = null;

  async of(user: string): Promise<Unsent[]> {
    const database = await this.#open();
    const unsent = await database.getAllFromIndex('unsent', 'user', user);
    return unsent.sort((a, b) => a.at - b.at || (a.clientId < b.clientId ? -1 : 1));
  }

  async put(unsent: Unsent): Promise<void> {
    await (await this.#open()).put('unsent', unsent);
  }

  async remove(clientId: string): Promise<void> {
    await (await this.#open()).delete('unsent', clientId);
  }

  #open(): Promise<IDBPDatabase<Schema>> {
    this.#database ??= openDB<Schema>('parley', 1, {
      upgrade(database) {
        database.createObjectStore('unsent', { keyPath: 'clientId' }).createIndex('user', 'user');
      },
    });
    return this.#database;
  }
}
