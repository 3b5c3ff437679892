import {
  BlobSource,
  CanvasSink,
  Conversion,
  Input,
  MP4,
  Mp4OutputFormat,
  Output,
  StreamTarget,
  WEBM,
  WebMOutputFormat,
  type StreamTargetChunk,
} from 'mediabunny';
import type { Entry } from './entry';

/** Where in a recording its picture for the list is taken, in seconds: past the first black. */
const POSTER_AT = 1;
const POSTER = { width: 480, height: 270, fit: 'cover', poolSize: 1 } as const;

/** Takes bytes for a place in a file. */
export type Write = (bytes: Uint8Array<ArrayBuffer>, at: number) => void;

/** What a recorder wrote: packets in order, without a duration or an index, and cut off anywhere. */
export class Footage {
  readonly #input: Input;

  constructor(file: Blob) {
    this.#input = new Input({ source: new BlobSource(file), formats: [WEBM, MP4] });
  }

  /**
   * Copies the packets as they are, nothing is encoded again, into a file with a duration and
   * with an index to seek by; resolves with the duration in milliseconds, and rejects with what
   * `write` threw.
   */
  async copy(suffix: Entry['suffix'], title: string | null, write: Write): Promise<number> {
    // Kept from the stream: an output whose stream breaks may wait for it for ever.
    const refusals: unknown[] = [];
    const output = new Output({
      format: suffix === 'mp4' ? new Mp4OutputFormat({ fastStart: false }) : new WebMOutputFormat(),
      target: new StreamTarget(
        new WritableStream<StreamTargetChunk>({
          write: ({ data, position }) => {
            try {
              if (refusals.length === 0) write(data, position);
            } catch (error) {
              refusals.push(error);
              conversion.cancel().catch(() => undefined);
            }
          },
        }),
        { chunked: true, chunkSize: 1 << 20 },
      ),
    });
    const tags = title === null ? {} : { title };
    const conversion = await Conversion.init({ input: this.#input, output, tags });
    await conversion.execute().catch((error: unknown) => {
      refusals.push(error);
    });
    if (refusals.length > 0) throw refusals[0];
    return Math.round((await this.#input.computeDuration()) * 1000);
  }

  /** A small picture of the beginning; null where this browser decodes no frames by hand. */
  async poster(): Promise<Blob | null> {
    try {
      const track = await this.#input.getPrimaryVideoTrack();
      if (track === null || !(await track.canDecode())) return null;
      const sink = new CanvasSink(track, POSTER);
      const taken = (await sink.getCanvas(POSTER_AT)) ?? (await sink.getCanvas(0.1));
      const canvas = taken?.canvas;
      return canvas instanceof OffscreenCanvas
        ? await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.8 })
        : null;
    } catch {
      // Without a poster the list shows a sign; the recording is not worse for it.
      return null;
    }
  }

  close(): void {
    this.#input.dispose();
  }
}
