import type * as wire from '../protocol/generated';
import type { TimelineState, Timelines } from './ports';
import { rowsOf, type Row } from './rows';

const nothing: TimelineState = {
  phase: 'loading',
  refusal: null,
  messages: [],
  outgoing: [],
  moreBefore: false,
  moreAfter: false,
  fetching: null,
  fetchFailed: false,
  head: 0,
};

/** One room's timeline on the screen: a view of what `Timelines` holds. */
export class TimelineModel {
  readonly room: string;
  /** Where the person had read to on opening; the new-messages line stays there. 0: no line. */
  #marker = $state(0);
  #state = $state.raw<TimelineState>(nothing);
  #rows = $derived.by<Row[]>(() =>
    this.#state.phase === 'ready'
      ? rowsOf({ ...this.#state, marker: this.#marker, me: this.#me })
      : [],
  );
  readonly #timelines: Timelines;
  readonly #me: string;
  readonly #stop: () => void;

  constructor(room: string, timelines: Timelines, me: string) {
    this.room = room;
    this.#timelines = timelines;
    this.#me = me;
    this.#stop = timelines.watch(room, (state) => {
      this.#state = state;
    });
  }

  get state(): TimelineState {
    return this.#state;
  }

  get rows(): readonly Row[] {
    return this.#rows;
  }

  get marker(): number {
    return this.#marker;
  }

  get isEmpty(): boolean {
    const { phase, messages, outgoing, moreBefore } = this.#state;
    return phase === 'ready' && messages.length === 0 && outgoing.length === 0 && !moreBefore;
  }

  message(seq: number): wire.Shown | undefined {
    return this.#state.messages.find((message) => message.seq === seq);
  }

  /** One's own newest message that can still be edited. */
  lastOwn(): wire.Shown | undefined {
    return this.#state.messages.findLast((shown) => shown.author === this.#me && !shown.deleted);
  }

  /** Draws the new-messages line elsewhere, or with 0 takes it away. */
  moveLine(marker: number): void {
    this.#marker = marker;
  }

  loadBefore(): Promise<void> {
    return this.#timelines.loadBefore(this.room);
  }

  loadAfter(): Promise<void> {
    return this.#timelines.loadAfter(this.room);
  }

  loadLatest(): Promise<void> {
    return this.#timelines.loadLatest(this.room);
  }

  loadAround(seq: number): Promise<void> {
    return this.#timelines.loadAround(this.room, seq);
  }

  post(text: string, replyTo: number | null): void {
    this.#timelines.post(this.room, text, replyTo);
  }

  resend(clientId: string): void {
    this.#timelines.resend(clientId);
  }

  discard(clientId: string): void {
    this.#timelines.discard(clientId);
  }

  edit(target: number, text: string): Promise<void> {
    return this.#timelines.edit(this.room, target, text);
  }

  remove(target: number): Promise<void> {
    return this.#timelines.remove(this.room, target);
  }

  /** Adds one's emoji, or takes it back. */
  toggleReaction(message: wire.Shown, emoji: string): Promise<void> {
    const mine = message.reactions.some(
      (reaction) => reaction.emoji === emoji && reaction.users.includes(this.#me),
    );
    return mine
      ? this.#timelines.unreact(this.room, message.seq, emoji)
      : this.#timelines.react(this.room, message.seq, emoji);
  }

  close(): void {
    this.#stop();
  }
}
