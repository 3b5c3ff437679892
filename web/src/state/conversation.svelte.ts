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
    this.#picked = mentionedIn(stored).map((user) => ({ user, name: profiles.nameOf(user) }));
    this.text = mentionsToNames(stored, (user) => profiles.nameOf(user));
  }

  pick(person: Picked): void {
    this.#picked = [...this.#picked.filter(({ name }) => name !== person.name), person];
  }

  clear(): void {
    this.text = '';
    this.#picked = [];
  }
}

/** What the person is doing in an open conversation: writing, answering, editing, pointing. */
export class ConversationModel {
  readonly draft = new DraftModel();
  #replyTo = $state.raw<wire.Shown | null>(null);
  #editing = $state<number | null>(null);
  #pointed = $state<number | null>(null);
  readonly #timeline: TimelineModel;
  readonly #preferences: Preferences;

  constructor(timeline: TimelineModel, preferences: Preferences, profiles: ProfilesModel) {
    this.#timeline = timeline;
    this.#preferences = preferences;
    this.draft.begin(preferences.get(this.#key) ?? '', profiles);
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
    this.#preferences.set(this.#key, this.draft.written || null);
  }

  send(): void {
    const text = this.draft.written;
    if (text === '') return;
    this.#timeline.post(text, this.#replyTo?.seq ?? null);
    this.draft.clear();
    this.#replyTo = null;
    this.#preferences.set(this.#key, null);
  }

  async saveEdit(seq: number, text: string): Promise<void> {
    const before = this.#timeline.message(seq)?.text;
    if (text !== '' && text !== before) await this.#timeline.edit(seq, text);
    if (this.#editing === seq) this.#editing = null;
  }

  get #key(): string {
    return `draft.${this.#timeline.room}`;
  }
}
