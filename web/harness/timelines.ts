import type * as wire from '../src/protocol/generated';
import type { Outgoing, ServerEvent, TimelineState, Timelines } from '../src/state/ports';
import { id, me } from './people';
import { refusal, type Scene } from './scene';
import { talk } from './talk';

/** What is said in each room of a scene. */
export class SceneTimelines implements Timelines {
  readonly #scene: Scene;
  readonly #tell: (event: ServerEvent) => void;
  readonly #timelines = new Map<string, TimelineState>();
  readonly #watchers = new Map<string, Set<(state: TimelineState) => void>>();
  readonly #all = new Map<string, wire.Shown[]>();

  constructor(scene: Scene, tell: (event: ServerEvent) => void) {
    this.#scene = scene;
    this.#tell = tell;
  }

  followOnly = (): void => undefined;
  watch(room: string, listener: (state: TimelineState) => void): () => void {
    const watchers = this.#watchers.get(room) ?? new Set();
    this.#watchers.set(room, watchers.add(listener));
    listener(this.#timeline(room));
    return () => watchers.delete(listener);
  }
  async loadBefore(room: string): Promise<void> {
    const shown = this.#timeline(room);
    const first = shown.messages[0]?.seq ?? 1;
    this.#set(room, { ...shown, fetching: 'before' });
    await new Promise((resolve) => setTimeout(resolve, 120));
    const older = this.everything(room).slice(Math.max(0, first - 51), first - 1);
    this.#set(room, {
      ...this.#timeline(room),
      fetching: null,
      messages: [...older, ...shown.messages],
      moreBefore: first - 51 > 0,
    });
  }
  loadAfter = async (): Promise<void> => undefined;
  async loadAround(room: string, seq: number): Promise<void> {
    const messages = this.everything(room).slice(Math.max(0, seq - 26), seq + 24);
    const all = this.everything(room).length;
    this.#set(room, {
      ...this.#timeline(room),
      messages,
      moreBefore: seq > 26,
      moreAfter: seq + 24 < all,
    });
  }
  async loadLatest(room: string): Promise<void> {
    this.#timelines.delete(room);
    this.#set(room, this.#timeline(room));
  }
  post(room: string, text: string, replyTo: number | null): string {
    const shown = this.#timeline(room);
    const clientId = `own-${Date.now()}`;
    const own: Outgoing = {
      clientId,
      room,
      text,
      replyTo,
      at: Date.now(),
      status: 'sending',
      refusal: null,
    };
    this.#set(room, { ...shown, outgoing: [...shown.outgoing, own] });
    setTimeout(() => {
      this.#store(own);
    }, 200);
    return clientId;
  }
  resend = (): void => undefined;
  discard(clientId: string): void {
    for (const [room, shown] of this.#timelines) {
      const outgoing = shown.outgoing.filter((own) => own.clientId !== clientId);
      this.#set(room, { ...shown, outgoing });
    }
  }
  edit = async (room: string, target: number, text: string): Promise<void> => {
    this.#change(room, target, (shown) => ({ ...shown, text, edited_at: Date.now() }));
  };
  remove = async (room: string, target: number): Promise<void> => {
    this.#change(room, target, (shown) => ({ ...shown, text: '', deleted: true }));
  };
  react = async (room: string, target: number, emoji: string): Promise<void> => {
    this.#change(room, target, (shown) => ({
      ...shown,
      reactions: [
        ...shown.reactions.filter((known) => known.emoji !== emoji),
        {
          emoji,
          users: [
            ...(shown.reactions.find((known) => known.emoji === emoji)?.users ?? []),
            me.user,
          ],
        },
      ],
    }));
  };
  unreact = async (room: string, target: number, emoji: string): Promise<void> => {
    this.#change(room, target, (shown) => ({
      ...shown,
      reactions: shown.reactions
        .map((known) =>
          known.emoji === emoji
            ? { emoji, users: known.users.filter((user) => user !== me.user) }
            : known,
        )
        .filter((known) => known.users.length > 0),
    }));
  };

  /** Someone else writes, for trying how the view follows. */
  hear(room: string, author: number, text: string): void {
    this.#store({
      clientId: `heard-${Date.now()}-${Math.random()}`,
      room,
      text,
      replyTo: null,
      at: Date.now(),
      status: 'sending',
      refusal: null,
      author: id('user', author),
    } as Outgoing & { author: string });
  }

  #store(own: Outgoing & { author?: string }): void {
    const shown = this.#timeline(own.room);
    const seq = shown.head + 1;
    const author = own.author ?? me.user;
    const message: wire.Shown = {
      seq,
      author,
      at: own.at,
      client_id: own.clientId,
      text: own.text,
      mentions: [],
      reply: null,
      reactions: [],
      edited_at: null,
      deleted: false,
      changed: seq,
    };
    this.everything(own.room).push(message);
    this.#set(own.room, {
      ...shown,
      head: seq,
      messages: [...shown.messages, message],
      outgoing: shown.outgoing.filter((other) => other.clientId !== own.clientId),
    });
    this.#tell({
      t: 'message.posted',
      room: own.room,
      seq,
      at: own.at,
      author,
      client_id: own.clientId,
      prev: '',
      text: own.text,
      mentions: [],
      reply_to: null,
    });
  }

  #change(room: string, seq: number, change: (shown: wire.Shown) => wire.Shown): void {
    const shown = this.#timeline(room);
    this.#set(room, {
      ...shown,
      messages: shown.messages.map((message) => (message.seq === seq ? change(message) : message)),
    });
  }

  everything(room: string): wire.Shown[] {
    const known = this.#all.get(room);
    if (known) return known;
    const made = talk(room, this.#scene.messages ?? 64);
    this.#all.set(room, made);
    return made;
  }

  #timeline(room: string): TimelineState {
    const known = this.#timelines.get(room);
    if (known) return known;
    const all = this.everything(room);
    const made: TimelineState = {
      phase: this.#scene.loading === true ? 'loading' : 'ready',
      refusal: null,
      messages: all.slice(-50),
      outgoing: (this.#scene.outgoing ?? []).map((status, n) => ({
        clientId: `out-${n}`,
        room,
        text: ['On my way.', 'Who has the key to the shed?', 'I have it.'][n] ?? 'Hello',
        replyTo: null,
        at: Date.now() - 3000,
        status,
        refusal: status === 'failed' ? refusal('chat.slow_mode').refusal : null,
      })),
      moreBefore: all.length > 50,
      moreAfter: false,
      fetching: null,
      fetchFailed: false,
      head: all.length,
    };
    this.#timelines.set(room, made);
    return made;
  }

  #set(room: string, state: TimelineState): void {
    this.#timelines.set(room, state);
    for (const listener of this.#watchers.get(room) ?? []) listener(state);
  }
}
