import type { Connection, Preferences, ServerEvent } from './ports';

export type Permission = 'unsupported' | 'default' | 'granted' | 'denied';

/** What a notification says, worded by whoever knows names and languages. */
export interface Words {
  readonly title: string;
  readonly body: string;
}

type Posted = Extract<ServerEvent, { t: 'message.posted' }>;

/** Calls the person back while the tab is hidden: a notification, and a count in the title. */
export class NotificationsModel {
  #wanted = $state(false);
  #mentionsOnly = $state(false);
  #permission = $state<Permission>('unsupported');
  readonly #preferences: Preferences;
  readonly #document: Document;

  constructor(
    connection: Connection,
    preferences: Preferences,
    document: Document,
    words: (message: Posted) => Words,
    open: (message: Posted) => void,
    me: () => string,
  ) {
    this.#preferences = preferences;
    this.#document = document;
    this.#wanted = preferences.get('notify') === 'yes';
    this.#mentionsOnly = preferences.get('notify.mentions') === 'yes';
    this.#permission = 'Notification' in globalThis ? Notification.permission : 'unsupported';
    connection.onEvent((event) => {
      if (event.t !== 'message.posted' || event.author === me() || !this.#isDue()) return;
      if (this.#mentionsOnly && !event.mentions.includes(me())) return;
      // One notification a room: the newest stands for the others.
      this.#show(words(event), event.room, () => {
        open(event);
      });
    });
  }

  get permission(): Permission {
    return this.#permission;
  }

  get enabled(): boolean {
    return this.#wanted && this.#permission === 'granted';
  }

  get mentionsOnly(): boolean {
    return this.#mentionsOnly;
  }

  async enable(wanted: boolean): Promise<void> {
    if (wanted && this.#permission === 'default') {
      this.#permission = await Notification.requestPermission();
    }
    this.#wanted = wanted && this.#permission === 'granted';
    this.#preferences.set('notify', this.#wanted ? 'yes' : null);
  }

  limitToMentions(only: boolean): void {
    this.#mentionsOnly = only;
    this.#preferences.set('notify.mentions', only ? 'yes' : null);
  }

  /** A call is asked for; `open` leads to it. */
  ring(words: Words, call: string, open: () => void): void {
    if (this.#isDue()) this.#show(words, call, open);
  }

  #show({ title, body }: Words, tag: string, open: () => void): void {
    const shown = new Notification(title, { body, tag, icon: '/icon.svg' });
    shown.addEventListener('click', () => {
      globalThis.focus();
      open();
      shown.close();
    });
  }

  #isDue(): boolean {
    return this.enabled && this.#document.visibilityState === 'hidden';
  }
}
