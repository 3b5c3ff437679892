const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const sizeUnits = ['kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** The formatters of one language, made once: each costs about 50 µs. */
export class Formats {
  readonly time: Intl.DateTimeFormat;
  readonly dateTime: Intl.DateTimeFormat;
  readonly full: Intl.DateTimeFormat;
  readonly day: Intl.DateTimeFormat;
  readonly dayWithYear: Intl.DateTimeFormat;
  readonly number: Intl.NumberFormat;
  readonly list: Intl.ListFormat;
  readonly #sizes: readonly Intl.NumberFormat[];
  readonly #relative: Intl.RelativeTimeFormat;

  constructor(language: string) {
    this.time = new Intl.DateTimeFormat(language, { timeStyle: 'short' });
    this.dateTime = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
    this.full = new Intl.DateTimeFormat(language, { dateStyle: 'full', timeStyle: 'short' });
    this.day = new Intl.DateTimeFormat(language, {
      weekday: 'long',
      day: 'numeric',
      month: 'long',
    });
    this.dayWithYear = new Intl.DateTimeFormat(language, { dateStyle: 'long' });
    this.number = new Intl.NumberFormat(language);
    this.list = new Intl.ListFormat(language, { type: 'conjunction' });
    this.#sizes = sizeUnits.map(
      (unit) => new Intl.NumberFormat(language, { style: 'unit', unit, maximumFractionDigits: 1 }),
    );
    this.#relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  }

  /** `640 kB`, `12.3 MB`: thousands, as disks and browsers count. */
  size(bytes: number): string {
    let value = bytes / 1000;
    let unit = 0;
    while (value >= 999.5 && unit < this.#sizes.length - 1) {
      value /= 1000;
      unit += 1;
    }
    return this.#sizes[unit]?.format(value >= 10 ? Math.round(value) : value) ?? '';
  }

  relativeTo(at: number, now: number): string {
    const distance = at - now;
    const size = Math.abs(distance);
    if (size < MINUTE) return this.#relative.format(0, 'second');
    if (size < HOUR) return this.#relative.format(Math.round(distance / MINUTE), 'minute');
    if (size < DAY) return this.#relative.format(Math.round(distance / HOUR), 'hour');
    return this.#relative.format(Math.round(distance / DAY), 'day');
  }
}

/** The local calendar day as a count of days, so that days can be compared and subtracted. */
export function dayNumber(at: number): number {
  const date = new Date(at);
  return Math.floor(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / DAY);
}

/** `0:07`, `12:05`, `1:02:03`: how long something lasts, as players show it. */
export function clockOf(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const two = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  return hours > 0
    ? `${hours}:${two(minutes % 60)}:${two(seconds % 60)}`
    : `${minutes}:${two(seconds % 60)}`;
}
