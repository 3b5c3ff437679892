import { Listeners } from '../../net/listeners';
import type { Media, Roster } from '../../protocol/generated';
import { Refused } from '../../protocol/refused';
import { onConnect } from '../connects';
import type { RoomGone, RosterNews } from './calls.svelte';
import { isListening, peopleOf, recorderPerson, voicesOf, type CallPerson } from './people';
import type { CallEnding, CallPhase } from './phase';
import type { CallMedia, CallParts } from './parts';
import type { QualityModel } from './quality.svelte';
import type { RecorderSources, Telling } from './recorder.svelte';
import { retakenAfter } from './retaking';
import { Seat } from './seat.svelte';
import { StageModel } from './stage.svelte';
import { Voices } from './voices.svelte';

export type { CallPerson, PeerState, PeerTrouble, PeerView, Route } from './people';
export type { CallEnding, CallPhase } from './phase';
export type { CallMedia, CallParts } from './parts';

/**
 * The call that one is in, at most one in a page. It goes on wherever in the app one looks.
 *
 * Media goes from peer to peer: as long as the session lives, nothing that happens to the way to
 * the server touches it. Only a new session takes a new seat.
 */
export class CallModel {
  #phase = $state.raw<CallPhase>({ at: 'idle' });
  #seat = $state.raw<Seat | null>(null);
  #roster = $state.raw<Roster | null>(null);
  /** Whether one's place is, or is to be, one of those who only listen. */
  #listening = $state(false);
  #recording = $state<Telling>('nothing');
  #own = $state.raw<Media>({});
  #sending = $state.raw<ReturnType<CallMedia['sending']>>(nothing);
  readonly #everyone = $derived.by(() => this.#listPeople());
  readonly #people = $derived(this.#everyone.filter(speaks));
  readonly stage: StageModel;
  readonly quality: QualityModel;
  readonly #voices: Voices;
  readonly #parts: CallParts;
  readonly #changes = new Listeners<null>();
  #leaving: Promise<unknown> = Promise.resolve();

  constructor(parts: CallParts) {
    this.#parts = parts;
    this.quality = parts.quality;
    this.#voices = new Voices(parts.ears, parts.now);
    this.stage = new StageModel(
      () => this.#people,
      () => this.#voices.latest,
    );
    parts.calls.onNews((news) => {
      this.#heard(news);
    });
    parts.calls.onGone((gone) => {
      this.#lost(gone);
    });
    parts.media.onSending(() => {
      this.#send();
    });
    onConnect(parts.connection, () => {
      this.#connected();
    });
  }

  get phase(): CallPhase {
    return this.#phase;
  }

  /** The room whose call this is, while there is one. */
  get room(): string | null {
    return this.#phase.at === 'idle' ? null : this.#phase.room;
  }

  /** Whether one is in the call of this room, or in any. */
  isIn(room?: string): boolean {
    return this.#phase.at === 'in' && (room === undefined || this.#phase.room === room);
  }

  /** When the call began, in milliseconds since the epoch. */
  get startedAt(): number | null {
    return this.#roster?.started_at ?? null;
  }

  /** Those who take part in full, oneself too, in the order of coming. */
  get people(): readonly CallPerson[] {
    return this.#people;
  }

  /** Those who only listen, in the order of coming. */
  get listeners(): readonly CallPerson[] {
    return this.#everyone.filter(({ listening }) => listening);
  }

  /** Both of them, in the order of coming. */
  get everyone(): readonly CallPerson[] {
    return this.#everyone;
  }

  /** One only listens: nothing is sent, whatever devices are open. */
  get listening(): boolean {
    return this.#listening;
  }

  /** Someone else speaks; one's own voice is known by `LocalMediaModel`. */
  speaks(session: string): boolean {
    return this.#voices.speaks(session);
  }

  /** Who records the call, if anybody does: those who only listen may, too. */
  get recordedBy(): readonly CallPerson[] {
    return this.#everyone.filter(({ media }) => media.recording === true);
  }

  /** What a recording of this call is made of. */
  readonly sources: RecorderSources = {
    people: () =>
      this.#listPeople()
        .filter(speaks)
        .map((person) => recorderPerson(person, this.#parts.nameOf(person.user))),
    onChange: (listener) => this.#changes.add(listener),
  };

  /** Opens the door: one looks at oneself before one goes in. */
  prepare(room: string): void {
    if (this.#phase.at === 'in' || this.#phase.at === 'joining') return;
    this.#phase = { at: 'preJoin', room };
    this.#parts.atDoor?.();
  }

  /** Goes in. Resolves when one is in, or is told why not. */
  async join(room: string): Promise<void> {
    if (this.#phase.at === 'in' || this.#phase.at === 'joining') return;
    this.#listening = false;
    this.#phase = { at: 'joining', room };
    await this.#takeSeat(room);
  }

  /** Goes in to listen, without any devices: where there is no place to speak. */
  async listen(room: string): Promise<void> {
    if (this.#phase.at === 'in' || this.#phase.at === 'joining') return;
    this.#stop();
    this.#listening = true;
    this.#phase = { at: 'joining', room };
    await this.#takeSeat(room);
  }

  /**
   * From listening to speaking; what is open is sent from then on.
   *
   * @throws {Refused} where there is no place yet: one goes on listening.
   */
  async speak(): Promise<void> {
    const seat = this.#seat;
    if (seat === null || this.#phase.at !== 'in' || !this.#listening) return;
    try {
      this.#parts.calls.take(await seat.speak(this.#ownMedia()));
    } finally {
      if (this.#seat === seat) this.#send();
    }
  }

  /** Away from the door, or from the news that the call has ended. */
  dismiss(): void {
    if (this.#phase.at === 'in' || this.#phase.at === 'joining') return;
    this.#stop();
    this.#phase = { at: 'idle' };
  }

  /** Goes, at once; the server hears of it when it can. */
  leave(): void {
    this.#parts.interrupted.forget();
    this.#go();
  }

  /** The page goes away: the others see one go at once, and the next page may come back. */
  vanish(): void {
    this.#parts.interrupted.vanish();
    this.#go();
  }

  /** Tries to reach someone again. */
  async retry(session: string): Promise<void> {
    await this.#seat?.renewServers();
    this.#seat?.mesh.retry(session);
  }

  /** A person believes that someone's device has a new key, and tries it again. */
  trust(session: string): void {
    void this.#seat?.mesh.trust(session);
  }

  /** Another network than before: every way is looked for anew. */
  networkChanged(): void {
    this.#seat?.mesh.networkChanged();
  }

  /** Tells everyone whether this page records the call. */
  setRecording(recording: Telling): void {
    this.#recording = recording;
    this.#send();
  }

  // ---- inside -----------------------------------------------------------------------------

  #go(): void {
    const { phase } = this;
    this.#stop();
    this.#phase = { at: 'idle' };
    if (phase.at === 'in' || phase.at === 'joining') this.#tellLeft(phase.room);
  }

  /** Keeps that one is in the call, as what one is in it. */
  #keep({ room, call, participants }: Roster, session: string): void {
    const own = participants.find((one) => one.session === session);
    if (call === null || own === undefined) return;
    const { user, listening = false } = own;
    this.#parts.interrupted.keep({ user, room, call, session, listening });
  }

  async #takeSeat(room: string): Promise<void> {
    const { connection, quality, calls, interrupted } = this.#parts;
    const { session } = connection;
    // Without a connection one is let in as soon as there is one.
    if (session === null || connection.state.at !== 'online') return;
    const before = this.#seat?.holder ?? interrupted.formerSession(room);
    const former = before === session ? null : before;
    this.#seat?.close();
    const seat = new Seat(
      {
        ...this.#parts,
        changed: () => {
          this.#changed();
        },
      },
      room,
      session,
    );
    this.#seat = seat;
    this.#send();
    try {
      // The server may take up two commands in any order.
      await this.#leaving;
      const roster = await seat.take(this.#own, this.#listening, former);
      if (this.#seat !== seat) return;
      this.#roster = roster;
      this.#phase = { at: 'in', room };
      quality.begin(seat.mesh);
      calls.take(roster);
      this.#keep(roster, session);
      this.#changed();
    } catch (error) {
      if (this.#seat !== seat) return;
      const wait = retakenAfter(error, this.#phase.at === 'in');
      if (wait === null) this.#end('refused', error instanceof Refused ? error : null);
      else if (wait !== Infinity) {
        setTimeout(() => {
          if (this.#seat === seat) void this.#takeSeat(room);
        }, wait);
      }
    }
  }

  /** The connection is back: the same session finds its place kept; another one asks for a new. */
  #connected(): void {
    const { phase } = this;
    if (phase.at !== 'in' && phase.at !== 'joining') return;
    const seat = this.#seat;
    if (phase.at === 'in' && seat?.isTaken && seat.session === this.#parts.connection.session) {
      // Something may have been missed, the change of one's own media among it.
      void this.#parts.calls.ask(phase.room);
      seat.tellMedia();
    } else {
      void this.#takeSeat(phase.room);
    }
  }

  #heard({ roster, event }: RosterNews): void {
    const { session } = this.#parts.connection;
    const mine = roster.participants.some((one) => one.session === session);
    if (this.#phase.at !== 'in' || roster.room !== this.#phase.room) {
      // Left while the server could not hear of it.
      if (mine && this.room !== roster.room) this.#tellLeft(roster.room);
      return;
    }
    this.#roster = roster;
    if (this.#seat?.session !== session || !this.#seat.isTaken) return;
    if (mine) {
      this.#seat.setRoster(roster);
      const listening = isListening(roster.participants, this.#seat.session);
      if (listening !== this.#listening) {
        this.#listening = listening;
        this.#keep(roster, this.#seat.session);
        this.#send();
      }
      this.#changed();
    } else if (event?.t === 'call.left' && event.why === 'removed') {
      this.#end('removed', null);
    } else {
      // Counted as lost, or gone with a server that forgot: one is still here.
      void this.#takeSeat(roster.room);
    }
  }

  #lost({ room, why }: RoomGone): void {
    if (room !== this.room) return;
    const { at } = this.#phase;
    if (why === 'left') {
      this.leave();
    } else if (at === 'preJoin') {
      this.dismiss();
    } else if (at !== 'ended') {
      this.#end('removed', null);
      // The server finds out by itself, a second later: so long the others would see a still picture.
      this.#tellLeft(room);
    }
  }

  #send(): void {
    const { media } = this.#parts;
    this.#sending = this.#listening ? nothing : media.sending();
    this.#own = this.#listening
      ? { hand: media.handUp, ...this.#ownRecording() }
      : this.#ownMedia();
    this.#seat?.mesh.send(this.#sending);
    this.#seat?.setMedia(this.#own);
    this.#changed();
  }

  #ownMedia(): Media {
    const { media } = this.#parts;
    return {
      microphone: !media.muted,
      camera: media.camera !== null,
      screen: media.screen !== null,
      hand: media.handUp,
      ...this.#ownRecording(),
    };
  }

  #ownRecording(): Media {
    if (this.#recording === 'nothing') return {};
    return { recording: true, recording_paused: this.#recording === 'paused' };
  }

  #changed(): void {
    if (this.#phase.at !== 'in') return;
    // Who listens has no part in the uplink for pictures, and no picture whose quality counts.
    const people = this.#listPeople().filter(speaks);
    const others = people.filter(({ self }) => !self);
    this.#voices.hear(voicesOf(people));
    this.quality.setPeers(
      others.map(({ session, peer }) => ({ session, connected: peer?.state === 'connected' })),
      { camera: this.#own.camera === true, screen: this.#own.screen === true },
    );
    this.#changes.tell(null);
  }

  #listPeople(): CallPerson[] {
    if (this.#seat === null || this.#roster === null) return [];
    return peopleOf(this.#roster.participants, this.#seat.peers, {
      session: this.#seat.session,
      media: this.#own,
      tracks: this.#sending,
    });
  }

  #end(why: CallEnding, refusal: Refused | null): void {
    const room = this.room ?? '';
    // Whoever was removed while away learns it by asking for a seat anew.
    const lost = this.isIn() && refusal?.code === 'rooms.not_member';
    this.#parts.interrupted.forget();
    this.#stop();
    this.#phase = { at: 'ended', room, why: lost ? 'removed' : why, refusal };
  }

  #stop(): void {
    const seat = this.#seat;
    this.#seat = null;
    this.#roster = null;
    this.#listening = false;
    seat?.close();
    this.#voices.hear(new Map());
    this.quality.end();
    this.stage.reset();
    this.#parts.media.release();
  }

  #tellLeft(room: string): void {
    // Without an answer the roster still has us: then it is said again with the next one.
    this.#leaving = this.#parts.connection
      .ask({ t: 'signaling.leave', room })
      .catch(() => undefined);
  }
}

const speaks = ({ listening }: CallPerson): boolean => !listening;

const nothing = { microphone: null, camera: null, screen: null, screenAudio: null } as const;
