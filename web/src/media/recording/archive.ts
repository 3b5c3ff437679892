import { Disk, DiskRefused } from './disk';
import {
  entryName,
  entryOfPart,
  fileOf,
  parseEntry,
  partName,
  posterName,
  wholeName,
  type Entry,
} from './entry';
import { folderAt, removeFile } from './files';
import { hold, held } from './locks';

/** A recording as the list shows it. */
export interface Kept {
  readonly entry: Entry;
  readonly bytes: number;
  /** Some tab is at it: it is being recorded, or made whole. */
  readonly busy: boolean;
  readonly poster: File | null;
}

/** Bytes of this device that Parley takes, and may still take. */
export interface Space {
  readonly used: number;
  readonly left: number;
  /** Whether the browser promised not to clear it by itself. */
  readonly lasting: boolean;
}

/** Every tab's archives tell each other by this name that a list has changed. */
const CHANNEL = 'parley.recordings';

/** One person's recordings on this device. */
export class Archive {
  readonly folder: string;
  readonly #storage: StorageManager;
  readonly #channel = new BroadcastChannel(CHANNEL);
  readonly #listeners = new Set<() => void>();
  #closed = false;

  constructor(owner: string, storage: StorageManager) {
    this.folder = `recordings/${owner}`;
    this.#storage = storage;
    this.#channel.onmessage = () => {
      this.#tell();
    };
  }

  /** Tells of every change, made in this tab or in another. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  changed(): void {
    // What is still under way when its person signs out is finished all the same.
    if (this.#closed) return;
    this.#channel.postMessage(null);
    this.#tell();
  }

  /** The newest first. */
  async list(): Promise<readonly Kept[]> {
    const folder = await folderAt(this.folder);
    const files = new Map<string, FileSystemFileHandle>();
    for await (const [name, handle] of entriesOf(folder)) {
      if (handle.kind === 'file') files.set(name, handle);
    }
    const busy = await held();
    const kept = await Promise.all(
      [...files].map(async ([name, handle]): Promise<Kept | null> => {
        const entry = await entryIn(name, handle, files);
        if (entry === null) return null;
        const file = await files.get(fileOf(entry))?.getFile();
        if (file === undefined) return null;
        const poster = (await files.get(posterName(entry.id))?.getFile()) ?? null;
        return { entry, bytes: file.size, busy: busy.has(entry.id), poster };
      }),
    );
    return kept.filter((one) => one !== null).sort((a, b) => b.entry.startedAt - a.entry.startedAt);
  }

  /** The file itself, on the disk: what reads it takes it piece by piece. */
  async fileOf(entry: Entry): Promise<File> {
    const folder = await folderAt(this.folder);
    return (await folder.getFileHandle(fileOf(entry))).getFile();
  }

  async rename(entry: Entry, title: string): Promise<void> {
    await this.#ask('save', { ...entry, title });
    this.changed();
  }

  async remove(entry: Entry): Promise<void> {
    const folder = await folderAt(this.folder);
    // The entry last: what is left of a removal that was cut off can be removed again.
    for (const name of [partName(entry), wholeName(entry), posterName(entry.id)]) {
      await removeFile(folder, name);
    }
    await removeFile(folder, entryName(entry.id));
    this.changed();
  }

  /** Makes a recording whole whose tab died. Refused while another tab is at it. */
  async rescue(entry: Entry): Promise<void> {
    const letGo = await hold(entry.id);
    if (letGo === null) throw new DiskRefused('failed', 'another tab is at it');
    try {
      await this.#ask('finish', entry);
    } finally {
      letGo();
      this.changed();
    }
  }

  async space(): Promise<Space> {
    const { quota = 0, usage = 0 } = await this.#storage.estimate();
    const lasting = await this.#storage.persisted();
    return { used: usage, left: Math.max(0, quota - usage), lasting };
  }

  /** Asks that the browser never clears recordings to make room for other sites. */
  async keep(): Promise<boolean> {
    return (await this.#storage.persisted()) || (await this.#storage.persist());
  }

  close(): void {
    this.#closed = true;
    this.#channel.close();
    this.#listeners.clear();
  }

  async #ask(t: 'save' | 'finish', entry: Entry): Promise<void> {
    const disk = new Disk();
    try {
      await disk.ask({ t, folder: this.folder, entry });
    } finally {
      disk.close();
    }
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** TypeScript's page types lack the iteration of a folder. */
function entriesOf(
  folder: FileSystemDirectoryHandle,
): AsyncIterable<[string, FileSystemFileHandle | FileSystemDirectoryHandle]> {
  return folder as unknown as AsyncIterable<
    [string, FileSystemFileHandle | FileSystemDirectoryHandle]
  >;
}

/** What a file of the folder says of a recording; null for one that another file speaks for. */
async function entryIn(
  name: string,
  handle: FileSystemFileHandle,
  files: ReadonlyMap<string, FileSystemFileHandle>,
): Promise<Entry | null> {
  if (name.endsWith('.json')) return parseEntry(await (await handle.getFile()).text());
  const lost = entryOfPart(name);
  if (lost === null) return null;
  const written = await files.get(entryName(lost.id))?.getFile();
  return written !== undefined && parseEntry(await written.text()) !== null ? null : lost;
}
