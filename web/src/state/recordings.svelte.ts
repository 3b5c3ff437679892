import { Archive, type Kept, type Space } from '../media/recording/archive';
import { DiskRefused } from '../media/recording/disk';
import { downloadName, type Entry } from '../media/recording/entry';

export type { Kept, Space } from '../media/recording/archive';
export { MAX_TITLE, type Entry } from '../media/recording/entry';

/** How a recording stands. `cutOff`: its tab died, and it waits to be made whole. */
export type Standing = 'whole' | 'underWay' | 'cutOff';

/** The signed-in person's recordings on this device. */
export class RecordingsModel {
  #list = $state.raw<readonly Kept[] | null>(null);
  #space = $state.raw<Space | null>(null);
  #failed = $state(false);
  #rescuing = $state.raw<ReadonlySet<string>>(new Set());
  readonly #owner: () => string;
  #archive: Archive | null = null;
  #archiveOf = '';

  constructor(owner: () => string) {
    this.#owner = owner;
  }

  /** Whether this browser keeps files for a page at all. */
  get supported(): boolean {
    return 'storage' in navigator && 'getDirectory' in navigator.storage;
  }

  /** `null` until it is loaded. */
  get list(): readonly Kept[] | null {
    return this.#list;
  }

  get space(): Space | null {
    return this.#space;
  }

  /** The list could not be read. */
  get failed(): boolean {
    return this.#failed;
  }

  /** Where recordings go; null without a person or a disk. */
  get archive(): Archive | null {
    const owner = this.#owner();
    if (owner === '' || !this.supported) return null;
    if (this.#archive === null || this.#archiveOf !== owner) {
      this.#archive?.close();
      this.#archive = new Archive(owner, navigator.storage);
      this.#archiveOf = owner;
      this.#archive.onChange(() => {
        if (this.#list !== null) void this.load();
      });
    }
    return this.#archive;
  }

  async load(): Promise<void> {
    const { archive } = this;
    if (archive === null) return;
    try {
      const [list, space] = await Promise.all([archive.list(), archive.space()]);
      // Somebody else may have signed in meanwhile.
      if (archive !== this.#archive) return;
      this.#list = list;
      this.#space = space;
      this.#failed = false;
    } catch {
      this.#failed = true;
    }
  }

  standingOf({ entry, busy }: Kept): Standing {
    if (entry.state === 'finished') return 'whole';
    return busy ? 'underWay' : 'cutOff';
  }

  isRescuing(entry: Entry): boolean {
    return this.#rescuing.has(entry.id);
  }

  /** Makes a recording whole whose tab died; resolves with why it could not be. */
  async rescue(entry: Entry): Promise<'full' | 'failed' | null> {
    const { archive } = this;
    if (archive === null || this.isRescuing(entry)) return null;
    this.#rescuing = new Set([...this.#rescuing, entry.id]);
    try {
      await archive.rescue(entry);
      return null;
    } catch (error) {
      return error instanceof DiskRefused ? error.trouble : 'failed';
    } finally {
      this.#rescuing = new Set([...this.#rescuing].filter((id) => id !== entry.id));
      await this.load();
    }
  }

  async rename(entry: Entry, title: string): Promise<void> {
    await this.archive?.rename(entry, title);
    await this.load();
  }

  async remove(entry: Entry): Promise<void> {
    await this.archive?.remove(entry);
    await this.load();
  }

  /** All that is in the list goes from this device. */
  async removeAll(): Promise<void> {
    for (const { entry } of this.#list ?? []) await this.archive?.remove(entry);
    await this.load();
  }

  /** The file on the disk, to be played from there. */
  async fileOf(entry: Entry): Promise<File | null> {
    return (await this.archive?.fileOf(entry)) ?? null;
  }

  nameForDownload(entry: Entry, title: string): string {
    return downloadName(title, entry);
  }

  forgetAll(): void {
    this.#archive?.close();
    this.#archive = null;
    this.#archiveOf = '';
    this.#list = null;
    this.#space = null;
    this.#failed = false;
  }
}
