import { figuresOf, type Figure, type Sample } from '../../../state/call/quality.svelte';

/** Words figures of a call as one language has them. `–` stands for "nothing of the kind". */
export class Figures {
  readonly #language: string;

  constructor(language: string) {
    this.#language = language;
  }

  ms(value: number | null): string {
    return this.#unit(value, 'millisecond', 0);
  }

  /** `1.2 Mb/s`, `900 kb/s` */
  bitrate(value: number | null): string {
    if (value === null) return '–';
    return value >= 1_000_000
      ? this.#unit(value / 1_000_000, 'megabit-per-second', 1)
      : this.#unit(value / 1_000, 'kilobit-per-second', 0);
  }

  share(value: number | null): string {
    if (value === null) return '–';
    const format = { style: 'percent', maximumFractionDigits: 1 } as const;
    return new Intl.NumberFormat(this.#language, format).format(value);
  }

  count(value: number | null): string {
    if (value === null) return '–';
    return new Intl.NumberFormat(this.#language, { maximumFractionDigits: 0 }).format(value);
  }

  picture({ width, height }: { width: number | null; height: number | null }): string {
    return width === null || height === null ? '–' : `${width} × ${height}`;
  }

  /** A figure in its own unit. */
  of(figure: Figure, value: number | null): string {
    switch (figure) {
      case 'loss':
      case 'frozen':
      case 'sound':
        return this.share(value);
      case 'roundTrip':
      case 'jitter':
        return this.ms(value);
      case 'frames':
        return this.count(value);
      case 'bitrate':
        return this.bitrate(value);
      default:
        return figure satisfies never;
    }
  }

  #unit(value: number | null, unit: string, digits: number): string {
    if (value === null) return '–';
    const format = { style: 'unit', unit, maximumFractionDigits: digits } as const;
    return new Intl.NumberFormat(this.#language, format).format(value);
  }
}

/** One line of a plot. `tone` names its colour. */
export interface Line {
  readonly name: string | null;
  readonly tone: 'first' | 'second';
  readonly of: (sample: Sample) => number | null;
}

/** What is drawn, each for itself: units differ. */
export const plots = [
  {
    figure: 'roundTrip',
    floor: 50,
    lines: [{ name: null, tone: 'first', of: (sample) => figuresOf(sample).roundTrip }],
  },
  {
    figure: 'loss',
    floor: 0.02,
    lines: [
      { name: 'quality.received', tone: 'first', of: ({ incoming }) => incoming.loss },
      { name: 'quality.sent', tone: 'second', of: ({ outgoing }) => outgoing.loss },
    ],
  },
  {
    figure: 'bitrate',
    floor: 100_000,
    lines: [
      { name: 'quality.received', tone: 'first', of: ({ incoming }) => incoming.bitrate },
      { name: 'quality.sent', tone: 'second', of: ({ outgoing }) => outgoing.bitrate },
    ],
  },
  {
    figure: 'frames',
    floor: 10,
    lines: [
      { name: 'quality.received', tone: 'first', of: ({ incoming }) => incoming.frames },
      { name: 'quality.sent', tone: 'second', of: ({ outgoing }) => outgoing.frames },
    ],
  },
] as const satisfies readonly {
  figure: Figure;
  floor: number;
  lines: readonly (Omit<Line, 'name'> & { name: 'quality.received' | 'quality.sent' | null })[];
}[];

/** The names of figures, as the panel and the table of thresholds say them. */
export const figureNames = {
  loss: 'quality.loss',
  roundTrip: 'quality.roundTrip',
  jitter: 'quality.jitter',
  frames: 'quality.frames',
  frozen: 'quality.frozen',
  sound: 'quality.sound',
  bitrate: 'quality.bitrate',
} as const;
