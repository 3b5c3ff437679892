const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The formatters of one language, made once: each costs about 50 µs. */
export class Formats {
  readonly time: Intl.DateTimeFormat;
  readonly dateTime: Intl.DateTimeFormat;
  readonly full: Intl.DateTimeFormat;
  readonly day: Intl.DateTimeFormat;
  readonly dayWithYear: Intl.DateTimeFormat;
  readonly number: Intl.NumberFormat;
  readonly list: Intl.ListFormat;
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
    this.#relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
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
