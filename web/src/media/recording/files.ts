/** Files of the origin's private file system, as a worker at the disk sees them. */

/** Declared here: TypeScript knows it in workers alone, and this project checks pages. */
interface SyncHandle {
  write(data: ArrayBufferView<ArrayBuffer>, options?: { at?: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}

/** The folder of one person's recordings. */
export async function folderAt(path: string): Promise<FileSystemDirectoryHandle> {
  let folder = await navigator.storage.getDirectory();
  for (const name of path.split('/')) {
    folder = await folder.getDirectoryHandle(name, { create: true });
  }
  return folder;
}

/** A file that is written in place: what `flush` returned for is on the disk if the tab dies. */
export async function openFile(
  folder: FileSystemDirectoryHandle,
  name: string,
): Promise<SyncHandle> {
  const file = await folder.getFileHandle(name, { create: true });
  const open = (file as { createSyncAccessHandle?: () => Promise<SyncHandle> })
    .createSyncAccessHandle;
  if (open === undefined) throw new Error('this browser writes no files in place');
  const handle = await open.call(file);
  handle.truncate(0);
  return handle;
}

/** Writes a small file; the old one stays whole until the new one is, where the browser can. */
export async function writeFile(
  folder: FileSystemDirectoryHandle,
  name: string,
  content: Blob,
): Promise<void> {
  const file = await folder.getFileHandle(name, { create: true });
  if ('createWritable' in file) {
    const writable = await file.createWritable();
    await writable.write(content);
    await writable.close();
    return;
  }
  const handle = await openFile(folder, name);
  try {
    writeAll(handle, new Uint8Array(await content.arrayBuffer()), 0);
  } finally {
    handle.close();
  }
}

/** A disk that is full takes a part of the bytes, or says so: both are the same refusal here. */
export function writeAll(handle: SyncHandle, bytes: Uint8Array<ArrayBuffer>, at: number): void {
  const written = handle.write(bytes, { at });
  if (written < bytes.byteLength) throw new DOMException('no room', 'QuotaExceededError');
  handle.flush();
}

export async function removeFile(folder: FileSystemDirectoryHandle, name: string): Promise<void> {
  try {
    await folder.removeEntry(name);
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'NotFoundError')) throw error;
  }
}
