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
    words: (message: Posted) => Promise<Words>,
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
      void words(event).then((worded) => {
        if (!this.#isDue()) return;
        // One notification a room: the newest stands for the others.
        this.#show(worded, event.room, () => {
          open(event);
        });
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
  async ring(words: () => Promise<Words>, call: string, open: () => void): Promise<void> {
    if (!this.#isDue()) return;
    const worded = await words();
    if (this.#isDue()) this.#show(worded, call, open);
  }

  #show({ title, body }: Words, tag: string, open: () => void): void {
    let shown: Notification;
    try {
      shown = new Notification(title, { body, tag, icon: '/icon.svg' });
    } catch {
      // Browsers on Android have the name and the permission, and throw a TypeError.
      this.#permission = 'unsupported';
      return;
    }
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
