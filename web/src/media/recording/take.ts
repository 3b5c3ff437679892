import type { Archive } from './archive';
import { Disk, DiskRefused } from './disk';
import { newId, type Entry } from './entry';
import type { Format } from './format';
import { hold } from './locks';
import type { DiskTrouble } from './writing';

/** A chunk a second: what a tab that dies can lose. */
const CHUNK_MS = 1000;

/** Bits a second for each pixel: 2.5 Mbit/s at 720p, so 19 MB a minute. */
const BITS_PER_PIXEL = 2.7;
const AUDIO_BITS = 96_000;

/** Some seconds' worth, so that the last chunk is still whole on the disk. */
const ROOM_TO_GO_ON = 24 * 1024 * 1024;

export interface TakePlan {
  readonly stream: MediaStream;
  readonly format: Format;
  readonly pixels: number;
  readonly title: string | null;
  readonly of: Entry['of'];
}

/** One recording under way, from its first chunk to its whole file. */
export class Take {
  readonly entry: Entry;
  /** When the recorder took its first picture, in milliseconds since the epoch. */
  readonly since: number;
  readonly #archive: Archive;
  readonly #disk: Disk;
  readonly #recorder: MediaRecorder;
  readonly #letGo: () => void;
  #ended: (trouble: DiskTrouble | null) => void = () => undefined;
  #trouble: DiskTrouble | null = null;
  #bytes = 0;
  #kept: Promise<void> = Promise.resolve();

  /** Resolves when it is to be finished: by `stop`, or by itself with the reason. */
  readonly over: Promise<DiskTrouble | null>;

  private constructor(
    archive: Archive,
    disk: Disk,
    entry: Entry,
    recorder: MediaRecorder,
    since: number,
    letGo: () => void,
  ) {
    this.since = since;
    this.#archive = archive;
    this.#disk = disk;
    this.entry = entry;
    this.#recorder = recorder;
    this.#letGo = letGo;
    this.over = new Promise((ended) => {
      this.#ended = ended;
    });
    recorder.addEventListener('dataavailable', ({ data }) => {
      if (data.size > 0) this.#kept = this.#keep(data);
    });
    recorder.addEventListener('error', () => {
      this.#end('failed');
    });
    recorder.addEventListener('stop', () => {
      // The disk answers in order: with the last chunk all are there, or it is known why not.
      void this.#kept.then(() => {
        this.#ended(this.#trouble);
      });
    });
  }

  /** Begins; rejects with `DiskRefused` where the disk takes nothing. */
  static async begin(archive: Archive, plan: TakePlan): Promise<Take> {
    const startedAt = Date.now();
    const entry: Entry = {
      version: 1,
      id: newId(startedAt, Math.random()),
      title: plan.title,
      of: plan.of,
      mime: plan.format.mime,
      suffix: plan.format.suffix,
      startedAt,
      state: 'open',
      durationMs: null,
    };
    const letGo = await hold(entry.id);
    if (letGo === null) throw new DiskRefused('failed', 'the name is taken');
    const disk = new Disk();
    try {
      await disk.ask({ t: 'open', folder: archive.folder, entry });
      const recorder = new MediaRecorder(plan.stream, {
        mimeType: plan.format.mime,
        videoBitsPerSecond: Math.round(plan.pixels * BITS_PER_PIXEL),
        audioBitsPerSecond: AUDIO_BITS,
      });
      const since = await started(recorder);
      const take = new Take(archive, disk, entry, recorder, since, letGo);
      archive.changed();
      return take;
    } catch (error) {
      disk.close();
      letGo();
      await archive.remove(entry);
      throw error;
    }
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** What happens until `resume` is not in the file, whose time stands still. */
  pause(): void {
    if (this.#recorder.state !== 'recording') return;
    this.#recorder.pause();
    // A pause may be long: what there is goes to the disk now.
    this.#recorder.requestData();
  }

  resume(): void {
    if (this.#recorder.state === 'paused') this.#recorder.resume();
  }

  stop(): void {
    this.#end(null);
  }

  /**
   * Makes the file whole. Where that fails what was written stays, open, to be rescued later:
   * a whole copy needs as much room again.
   */
  async finish(): Promise<void> {
    try {
      await this.#disk.ask({ t: 'finish', folder: this.#archive.folder, entry: this.entry });
    } finally {
      this.#disk.close();
      this.#letGo();
      this.#archive.changed();
    }
  }

  async #keep(chunk: Blob): Promise<void> {
    try {
      await this.#disk.ask({ t: 'chunk', chunk });
      this.#bytes += chunk.size;
      const { left } = await this.#archive.space();
      if (left < ROOM_TO_GO_ON) this.#end('full');
    } catch (error) {
      this.#end(error instanceof DiskRefused ? error.trouble : 'failed');
    }
  }

  #end(trouble: DiskTrouble | null): void {
    this.#trouble ??= trouble;
    if (this.#recorder.state === 'inactive') this.#ended(this.#trouble);
    else this.#recorder.stop();
  }
}

/** Starts it; resolves with when that was, by its own word: a busy page hears of it later. */
function started(recorder: MediaRecorder): Promise<number> {
  return new Promise((done, failed) => {
    recorder.addEventListener('start', ({ timeStamp }) => {
      done(performance.timeOrigin + timeStamp);
    });
    recorder.addEventListener('error', () => {
      failed(new DiskRefused('failed', 'the recorder did not start'));
    });
    recorder.start(CHUNK_MS);
  });
}
