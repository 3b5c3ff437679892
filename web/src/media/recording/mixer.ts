import { CanvasPicture } from './canvas_picture';
import type { Picture } from './picture';
import { arrange, type Part, type Shape } from './scene';
import { Sound } from './sound';
import { castOf, type Portion, type RecorderSources, type Shown } from './sources';
import { canMixInWorker, WorkerPicture } from './worker_picture';

/** How somebody without a camera looks. */
export interface Look {
  readonly initials: string;
  readonly hue: number;
}

/**
 * One picture and one sound out of many, for as long as it lives: people come and go, cameras and
 * screens are switched, and `stream` stays the same two tracks.
 */
export class Mixer {
  readonly shape: Shape;
  readonly stream: MediaStream;
  readonly #picture: Picture;
  readonly #sound = new Sound();
  readonly #sources: RecorderSources;
  readonly #look: (person: string, name: string) => Look;
  readonly #deaf: () => void;
  #portion: Portion;

  constructor(
    sources: RecorderSources,
    portion: Portion,
    shape: Shape,
    look: (person: string, name: string) => Look,
  ) {
    this.shape = shape;
    this.#sources = sources;
    this.#portion = portion;
    this.#look = look;
    this.#picture = canMixInWorker() ? new WorkerPicture(shape) : new CanvasPicture(shape);
    this.stream = new MediaStream([this.#picture.track, this.#sound.track]);
    this.#deaf = sources.onChange(() => {
      this.#remix();
    });
    this.#remix();
  }

  choose(portion: Portion): void {
    this.#portion = portion;
    this.#remix();
  }

  close(): void {
    this.#deaf();
    this.#picture.close();
    this.#sound.close();
  }

  #remix(): void {
    const cast = castOf(this.#sources.people(), this.#portion);
    const feeds = new Map<string, MediaStreamTrack>();
    const partOf =
      (kind: Part['kind']) =>
      ({ person, name, track }: Shown): Part => {
        if (track !== null) feeds.set(track.id, track);
        return { kind, name, ...this.#look(person, name), feed: track?.id ?? null };
      };
    const screens = cast.screens.map(partOf('screen'));
    const { width, height } = this.shape;
    const tiles = arrange(screens, cast.faces.map(partOf('face')), { width, height });
    this.#picture.show({ width, height, tiles }, feeds);
    this.#sound.hear(cast.voices);
  }
}

/** Eight cores encode 1080p beside a call; with fewer its own pictures would suffer. */
const CORES_FOR_LARGE = 8;

/** Two cores that decode and encode a call as well fall behind at 25 pictures a second of 720p. */
const CORES_FOR_SMOOTH = 4;

/** Large enough to read a screen by, and smooth, where the machine can. */
export function shapeFor(cores: number): Shape {
  const size =
    cores >= CORES_FOR_LARGE ? { width: 1920, height: 1080 } : { width: 1280, height: 720 };
  return { ...size, perSecond: cores >= CORES_FOR_SMOOTH ? 25 : 15 };
}
