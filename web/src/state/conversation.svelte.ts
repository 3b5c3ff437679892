import type * as wire from '../protocol/generated';
import { mentionedIn, mentionsToNames, namesToMentions, type Picked } from './mentions';
import type { Preferences } from './ports';
import type { ProfilesModel } from './profiles.svelte';
import type { TimelineModel } from './timeline.svelte';

/** A text being written, with the people picked in it by name. */
export class DraftModel {
  text = $state('');
  #picked: Picked[] = [];

  /** The text as the timeline wants it, trimmed. */
  get written(): string {
    return namesToMentions(this.text, this.#picked).trim();
  }

  /** Takes a text from the timeline, for editing. */
  begin(stored: string, profiles: ProfilesModel): void {
    // A name that is not known yet stands as its id: two unknown people must not look alike.
    const nameOf = (user: string): string => profiles.of(user)?.display_name || user;
    this.#picked = mentionedIn(stored).map((user) => ({ user, name: nameOf(user) }));
    this.text = mentionsToNames(stored, nameOf);
  }

  /** As it is kept over a reload; null for nothing written. */
  get kept(): string | null {
    if (this.text.trim() === '') return null;
    return JSON.stringify({ text: this.text, picked: this.#picked });
  }

  restore(kept: string | null): void {
    if (kept === null) return;
    try {
      const { text, picked } = JSON.parse(kept) as { text: string; picked: Picked[] };
      this.text = text;
      this.#picked = picked;
    } catch {
      // Written by another version of this page: begin afresh.
    }
  }

  pick(person: Picked): void {
    this.#picked = [...this.#picked.filter(({ name }) => name !== person.name), person];
  }

  clear(): void {
    this.text = '';
    this.#picked = [];
  }
}

interface Unsaved {
  readonly seq: number;
  readonly text: string;
  readonly refused: unknown;
}

/** What the person is doing in an open conversation: writing, answering, editing, pointing. */
export class ConversationModel {
  readonly draft = new DraftModel();
  #replyTo = $state.raw<wire.Shown | null>(null);
  #editing = $state<number | null>(null);
  #unsaved: Unsaved | null = null;
  #pointed = $state<number | null>(null);
  readonly #timeline: TimelineModel;
  readonly #preferences: Preferences;
  readonly #me: string;

  constructor(timeline: TimelineModel, preferences: Preferences, me: string) {
    this.#timeline = timeline;
    this.#me = me;
    this.#preferences = preferences;
    this.draft.restore(preferences.get(this.#key));
  }

  get replyTo(): wire.Shown | null {
    return this.#replyTo;
  }

  /** The message that is being edited in its place. */
  get editing(): number | null {
    return this.#editing;
  }

  /** The message that a link or a quote leads to; it is marked for a while. */
  get pointed(): number | null {
    return this.#pointed;
  }

  reply(message: wire.Shown | null): void {
    this.#replyTo = message;
  }

  edit(seq: number | null): void {
    if (seq === null) this.#unsaved = null;
    this.#editing = seq;
  }

  editLast(): void {
    this.#editing = this.#timeline.lastOwn()?.seq ?? null;
  }

  point(seq: number | null): void {
    this.#pointed = seq;
  }

  /** Keeps what is written over a reload. */
  keepDraft(): void {
    this.#preferences.set(this.#key, this.draft.kept);
  }

  send(): void {
    const text = this.draft.written;
    if (text === '') return;
    this.#timeline.post(text, this.#replyTo?.seq ?? null);
    this.draft.clear();
    this.#replyTo = null;
    this.#preferences.set(this.#key, null);
  }

  /** An edit that was refused, which the editor of its message begins with. */
  unsavedOf(seq: number): Unsaved | null {
    return this.#unsaved?.seq === seq ? this.#unsaved : null;
  }

  /**
   * Shows the text at once. Where it is refused the editor opens again with it.
   *
   * @throws {Refused} where another message is being edited by then.
   */
  async saveEdit(seq: number, text: string): Promise<void> {
    const before = this.#timeline.message(seq)?.text;
    if (this.#editing === seq) this.#editing = null;
    this.#unsaved = null;
    if (text === '' || text === before) return;
    try {
      await this.#timeline.edit(seq, text);
    } catch (refused) {
      this.#unsaved = { seq, text, refused };
      if (this.#editing !== null) throw refused;
      this.#editing = seq;
    }
  }

  get #key(): string {
    return `draft.${this.#me}.${this.#timeline.room}`;
  }
}
