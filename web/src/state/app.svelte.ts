import { mentionedIn, mentionsToNames } from './mentions';
import { AnnouncerModel } from './announcer.svelte';
import { AppearanceModel } from './appearance.svelte';
import { browserClock } from '../net/clock';
import { ring } from '../media/ringtone';
import { Sound } from '../media/sound';
import { browserCall, browserInterrupted } from './call/browser_call';
import type { CallModel } from './call/call.svelte';
import { CallsModel } from './call/calls.svelte';
import type { InterruptedModel } from './call/interrupted.svelte';
import { QualityModel } from './call/quality.svelte';
import { ReactionsModel } from './call/reactions.svelte';
import { RingingModel } from './call/ringing.svelte';
import { browserMedia } from './call/browser_media';
import { noticeWords } from './call/device_words';
import type { LocalMediaModel } from './call/local_media.svelte';
import { RecorderModel } from './call/recorder.svelte';
import { ConversationModel } from './conversation.svelte';
import { DevicesModel } from './devices.svelte';
import { browserProbes } from './doctor/browser_probes';
import { DoctorModel } from './doctor.svelte';
import { LayoutModel } from './layout.svelte';
import { LocaleModel } from './locale.svelte';
import { NotificationsModel, type Words } from './notifications.svelte';
import type { Accounts, Connection, Preferences, Timelines } from './ports';
import { ProfilesModel } from './profiles.svelte';
import { RecentEmojiModel } from './recent-emoji.svelte';
import { RecordingsModel } from './recordings.svelte';
import { outcomeWords } from './recording_words';
import { RoomModel } from './room.svelte';
import { RoomsModel } from './rooms.svelte';
import { RouterModel } from './router.svelte';
import { SessionModel } from './session.svelte';
import { browserStudio } from './browser_studio';
import type { StudioModel } from './studio.svelte';
import { TimelineModel } from './timeline.svelte';

/** What the client is built on: the network's ends, and the browser. */
export interface Ground {
  readonly accounts: Accounts;
  readonly connection: Connection;
  readonly timelines: Timelines;
  readonly preferences: Preferences;
  readonly window: Window & typeof globalThis;
}

/** Every model, built once and handed down to the components. */
export class AppModel {
  readonly announcer = new AnnouncerModel();
  readonly locale: LocaleModel;
  readonly appearance: AppearanceModel;
  readonly layout: LayoutModel;
  readonly router: RouterModel;
  readonly session: SessionModel;
  readonly profiles: ProfilesModel;
  readonly rooms: RoomsModel;
  readonly devices: DevicesModel;
  readonly notifications: NotificationsModel;
  readonly recentEmoji: RecentEmojiModel;
  /** The page's one AudioContext: who speaks, meters, mixing. */
  readonly sound: Sound;
  readonly localMedia: LocalMediaModel;
  readonly calls: CallsModel;
  readonly call: CallModel;
  readonly interrupted: InterruptedModel;
  readonly ringing: RingingModel;
  readonly reactions: ReactionsModel;
  readonly recordings: RecordingsModel;
  readonly recorder: RecorderModel;
  readonly studio: StudioModel;
  readonly doctor: DoctorModel;
  readonly #ground: Ground;

  constructor(ground: Ground) {
    this.#ground = ground;
    const { connection, preferences, window } = ground;
    this.locale = new LocaleModel(preferences, window.navigator.languages);
    this.appearance = new AppearanceModel(preferences, window.document.documentElement);
    this.layout = new LayoutModel(preferences);
    this.router = new RouterModel(window);
    this.session = new SessionModel(ground.accounts, connection);
    this.profiles = new ProfilesModel(connection, () => this.locale.t('people.gone'));
    this.rooms = new RoomsModel(connection, ground.timelines, this.session);
    this.recentEmoji = new RecentEmojiModel(preferences);
    this.devices = new DevicesModel(connection);
    this.recordings = new RecordingsModel(() => this.session.me);
    this.recorder = new RecorderModel({
      archive: () => this.recordings.archive,
      cores: window.navigator.hardwareConcurrency,
      say: (outcome) => {
        const { text, tone } = outcomeWords(this.locale.t, outcome);
        this.announcer.toast(text, tone);
      },
    });
    this.studio = browserStudio(window, preferences, this.recorder, () => ({
      id: this.session.me,
      name: this.profiles.nameOf(this.session.me),
    }));
    this.sound = new Sound(window);
    this.localMedia = browserMedia(window, this.sound, preferences, (notice) => {
      this.announcer.toast(noticeWords(this.locale.t, notice));
    });
    this.calls = new CallsModel(connection);
    this.interrupted = browserInterrupted(window, {
      preferences,
      calls: this.calls,
      me: () => this.session.me,
    });
    this.call = browserCall(window, {
      connection,
      calls: this.calls,
      interrupted: this.interrupted,
      media: this.localMedia,
      quality: new QualityModel(browserClock),
      ears: this.sound,
      nameOf: (user) => this.profiles.nameOf(user),
    });
    this.reactions = new ReactionsModel(connection, () =>
      this.call.isIn() ? this.call.room : null,
    );
    this.ringing = new RingingModel(
      connection,
      () => Date.now(),
      () => ring(this.sound.context()),
    );
    this.notifications = new NotificationsModel(
      connection,
      preferences,
      window.document,
      async (message) => {
        await this.profiles.meet([message.author, ...mentionedIn(message.text)]);
        return {
          title: this.locale.t('notifications.inRoom', {
            name: this.profiles.nameOf(message.author),
            room: this.rooms.of(message.room)?.info.name ?? '',
          }),
          body: mentionsToNames(message.text, (user) => this.profiles.nameOf(user)),
        };
      },
      ({ room, seq }) => {
        this.router.go({ at: 'room', room, message: seq });
      },
      () => this.session.me,
    );
    this.doctor = new DoctorModel(
      browserProbes(window, connection, preferences, () => this.session.phase === 'signedIn'),
    );
    connection.onEvent((event) => {
      if (event.t !== 'notice.ringing') return;
      const { by, room, call } = event;
      const words = async (): Promise<Words> => {
        await this.profiles.meet([by]);
        return {
          title: this.locale.t('call.incoming', { name: this.profiles.nameOf(by) }),
          body: this.locale.t('call.incomingIn', { room: this.rooms.of(room)?.info.name ?? '' }),
        };
      };
      void this.notifications.ring(words, call, () => {
        this.router.go({ at: 'room', room, message: null });
      });
    });
    window.addEventListener('pagehide', () => {
      this.rooms.tellReadNow();
    });
    window.document.addEventListener('visibilitychange', () => {
      if (window.document.visibilityState === 'hidden') this.rooms.tellReadNow();
    });
  }

  get messageLimit(): number {
    return this.#ground.connection.limits?.message_chars ?? 4000;
  }

  openRoom(room: string): RoomModel {
    return new RoomModel(room, this.#ground.connection, this.session.me);
  }

  openTimeline(room: string): TimelineModel {
    return new TimelineModel(room, this.#ground.timelines, this.session.me);
  }

  openConversation(timeline: TimelineModel): ConversationModel {
    return new ConversationModel(timeline, this.#ground.preferences, this.session.me);
  }

  /**
   * Closes every device: the page can't go on, and shows nothing of what is open. The page that
   * comes after it may go back into the call.
   */
  halt(): void {
    this.call.vanish();
    void this.recorder.stop();
    void this.studio.unwatch();
  }

  /** Leaves nothing of one person to the next who signs in on this page. */
  forgetPerson(): void {
    this.call.leave();
    this.calls.forgetAll();
    this.ringing.forgetAll();
    this.rooms.forgetAll();
    this.profiles.forgetAll();
    this.devices.forgetAll();
    void this.recorder.stop();
    this.studio.close();
    this.recordings.forgetAll();
  }
}
