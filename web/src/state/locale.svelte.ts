import { errorKey } from '../i18n/errors';
import { en } from '../i18n/en';
import { chooseLanguage, isLanguage, loadCatalogue, type Language } from '../i18n/languages';
import { translate, type Arguments, type Catalogue, type Key } from '../i18n/translate';
import type { Error as Refusal } from '../protocol/generated';
import { Refused } from '../protocol/refused';
import { dayNumber, Formats } from './formats';
import type { Preferences } from './ports';

/** A failure in words: what happened, and in small print how to name it to an operator. */
export interface Sentence {
  readonly text: string;
  readonly code: string;
  readonly incident: string | null;
}

/** The language of the page, and everything that depends on it. */
export class LocaleModel {
  #language = $state<Language>('en');
  #catalogue = $state.raw<Catalogue>(en);
  #wanted: Language;
  #formats = $derived(new Formats(this.#region()));
  readonly #preferences: Preferences;
  readonly #browserLanguages: readonly string[];

  constructor(preferences: Preferences, browserLanguages: readonly string[]) {
    this.#preferences = preferences;
    this.#browserLanguages = browserLanguages;
    const chosen = preferences.get('language');
    this.#wanted =
      chosen !== null && isLanguage(chosen) ? chosen : chooseLanguage(browserLanguages);
  }

  get language(): Language {
    return this.#language;
  }

  /** Speaks the person's language; English where its words can't be had. */
  async begin(): Promise<void> {
    await this.#speak(this.#wanted);
  }

  /** Changes to a language once its words are here; until then the page stays as it is. */
  choose(language: Language): void {
    this.#preferences.set('language', language);
    void this.#speak(language);
  }

  async #speak(language: Language): Promise<void> {
    this.#wanted = language;
    try {
      const catalogue = await loadCatalogue(language);
      if (this.#wanted !== language) return;
      this.#catalogue = catalogue;
      this.#language = language;
    } catch {
      // Chosen all the same: the next page begins with it.
    }
  }

  /** Words a message. An arrow, so that components can take it out of the model. */
  readonly t = <K extends Key>(key: K, ...params: Arguments<K>): string =>
    translate(this.#catalogue, this.#language, key, params[0]);

  /** Words a refusal; an unknown code keeps the server's own sentence. */
  refusal(error: unknown): Sentence {
    if (!(error instanceof Refused)) {
      return { text: this.t('error.broken'), code: 'client.broken', incident: null };
    }
    return this.sentence(error.refusal);
  }

  sentence({ code, message, incident }: Refusal): Sentence {
    const key = errorKey(code);
    return { text: key === undefined ? message : this.t(key), code, incident: incident ?? null };
  }

  /** `14:05` */
  time(at: number): string {
    return this.#formats.time.format(at);
  }

  /** `14:05` today, else the date with it. */
  moment(at: number): string {
    const sameDay = dayNumber(at) === dayNumber(Date.now());
    return (sameDay ? this.#formats.time : this.#formats.dateTime).format(at);
  }

  /** `Saturday 21 November 2026 at 14:05` */
  fullMoment(at: number): string {
    return this.#formats.full.format(at);
  }

  /** `Today`, `Yesterday`, else the date. */
  day(at: number): string {
    const ago = dayNumber(Date.now()) - dayNumber(at);
    if (ago === 0) return this.t('timeline.today');
    if (ago === 1) return this.t('timeline.yesterday');
    return (ago > 0 && ago < 300 ? this.#formats.day : this.#formats.dayWithYear).format(at);
  }

  /** `3 hours ago`, `in 2 days`. */
  relative(at: number): string {
    return this.#formats.relativeTo(at, Date.now());
  }

  number(value: number): string {
    return this.#formats.number.format(value);
  }

  /** `12.3 MB` */
  size(bytes: number): string {
    return this.#formats.size(bytes);
  }

  list(parts: readonly string[]): string {
    return this.#formats.list.format(parts);
  }

  /** British and American English, say, write dates differently: the browser knows which. */
  #region(): string {
    const language = this.#language;
    return this.#browserLanguages.find((tag) => tag.split('-')[0] === language) ?? language;
  }
}
