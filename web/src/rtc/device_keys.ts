import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import { deviceKey, newKeyPair, type DeviceKey, type Identity } from './proof';

interface Schema extends DBSchema {
  /** This device's own pair; the browser keeps its private part to itself. */
  own: { key: 'pair'; value: CryptoKeyPair };
  /** The key that each device had when we first met it. */
  met: { key: string; value: string };
}

/**
 * This device's key and those of the devices it has met, in the browser's database.
 *
 * Where nothing can be kept there is no key: one that is new at each call would pass for a
 * stranger's.
 */
export class IndexedIdentity implements Identity {
  #database: Promise<IDBPDatabase<Schema>> | null = null;
  #own: Promise<DeviceKey | null> | null = null;

  own(): Promise<DeviceKey | null> {
    this.#own ??= this.#readOwn().catch(() => null);
    return this.#own;
  }

  async keyOf(device: string): Promise<string | null> {
    try {
      return (await (await this.#open()).get('met', device)) ?? null;
    } catch {
      return null;
    }
  }

  async remember(device: string, key: string | null): Promise<void> {
    try {
      const database = await this.#open();
      await (key === null ? database.delete('met', device) : database.put('met', key, device));
    } catch {
      // Not remembered: the next call meets the device for the first time.
    }
  }

  async #readOwn(): Promise<DeviceKey> {
    const database = await this.#open();
    const kept = await database.get('own', 'pair');
    if (kept !== undefined) return deviceKey(kept);
    const made = await newKeyPair();
    // Another tab may have been faster: the first pair stays.
    const transaction = database.transaction('own', 'readwrite');
    const first = (await transaction.store.get('pair')) ?? made;
    await transaction.store.put(first, 'pair');
    await transaction.done;
    return deviceKey(first);
  }

  #open(): Promise<IDBPDatabase<Schema>> {
    this.#database ??= openDB<Schema>('parley-keys', 1, {
      upgrade(database) {
        database.createObjectStore('own');
        database.createObjectStore('met');
      },
    });
    return this.#database;
  }
}
