/** Writes recordings away from the page, in place and flushed: a tab that dies loses a second. */
import { entryName, partName, posterName, wholeName, type Entry } from './entry';
import { folderAt, openFile, removeFile, writeAll, writeFile } from './files';
import type { Answered, Asked, DiskTrouble } from './writing';

/**
 * About seven minutes at 720p: with less, a recording would soon end by itself. It is tried by
 * growing the file, since browsers hide from pages how much is left (Chromium says 10 GiB always).
 */
const ROOM_TO_BEGIN = 128 * 1024 * 1024;

let growing: {
  readonly file: Awaited<ReturnType<typeof openFile>>;
  bytes: number;
  /** Why a chunk was not taken; what came after it would stand in its place. */
  refusal: { readonly error: unknown } | null;
} | null = null;

async function open(path: string, entry: Entry): Promise<void> {
  const folder = await folderAt(path);
  // The entry first: a file without one would only be found by its name.
  await saveEntry(folder, entry);
  await tryRoom(folder, entry);
  growing = { file: await openFile(folder, partName(entry)), bytes: 0, refusal: null };
}

/** Opened anew afterwards: Chromium counts what a file once had as used until it is closed. */
async function tryRoom(folder: FileSystemDirectoryHandle, entry: Entry): Promise<void> {
  const file = await openFile(folder, partName(entry));
  try {
    file.truncate(ROOM_TO_BEGIN);
    file.truncate(0);
  } finally {
    file.close();
  }
}

async function append(chunk: Blob): Promise<void> {
  if (growing === null) throw new Error('no file is open');
  if (growing.refusal !== null) throw growing.refusal.error;
  const bytes = new Uint8Array(await chunk.arrayBuffer());
  try {
    writeAll(growing.file, bytes, growing.bytes);
  } catch (error) {
    growing.refusal = { error };
    throw error;
  }
  growing.bytes += bytes.byteLength;
}

async function finish(path: string, entry: Entry): Promise<Entry> {
  growing?.file.close();
  growing = null;
  const folder = await folderAt(path);
  const { Footage } = await import('./finishing');
  const raw = await (await folder.getFileHandle(partName(entry))).getFile();
  const footage = new Footage(raw);
  const whole = await openFile(folder, wholeName(entry));
  let durationMs: number;
  try {
    durationMs = await footage.copy(entry.suffix, entry.title, (bytes, at) => {
      writeAll(whole, bytes, at);
    });
    whole.close();
    const poster = await footage.poster();
    if (poster !== null) await writeFile(folder, posterName(entry.id), poster);
  } catch (error) {
    whole.close();
    await removeFile(folder, wholeName(entry));
    throw error;
  } finally {
    footage.close();
  }
  const finished: Entry = { ...entry, state: 'finished', durationMs };
  await saveEntry(folder, finished);
  await removeFile(folder, partName(entry));
  return finished;
}

function saveEntry(folder: FileSystemDirectoryHandle, entry: Entry): Promise<void> {
  return writeFile(folder, entryName(entry.id), new Blob([JSON.stringify(entry)]));
}

async function act(asked: Asked): Promise<Entry | null> {
  switch (asked.t) {
    case 'open':
      await open(asked.folder, asked.entry);
      return asked.entry;
    case 'chunk':
      await append(asked.chunk);
      return null;
    case 'finish':
      return finish(asked.folder, asked.entry);
    case 'save':
      await saveEntry(await folderAt(asked.folder), asked.entry);
      return asked.entry;
    default:
      return asked satisfies never;
  }
}

function troubleOf(error: unknown): DiskTrouble {
  return error instanceof DOMException && error.name === 'QuotaExceededError' ? 'full' : 'failed';
}

/** One thing after another: chunks keep their order, and a file is finished after its last. */
let queue: Promise<void> = Promise.resolve();

self.addEventListener('message', ({ data }: MessageEvent<Asked>) => {
  queue = queue.then(async () => {
    let answered: Answered;
    try {
      answered = { t: 'done', entry: await act(data) };
    } catch (error) {
      answered = { t: 'trouble', trouble: troubleOf(error), message: String(error) };
    }
    self.postMessage(answered);
  });
});
