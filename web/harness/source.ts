import type * as wire from '../src/protocol/generated';
import type {
  Accounts,
  CommandOf,
  Connection,
  ConnectionState,
  Identity,
  ReplyTo,
  ServerEvent,
} from '../src/state/ports';
import { answerTo } from './answers';
import { id, me, roomInfo } from './people';
import { refusal, type Scene } from './scene';
import { SceneTimelines } from './timelines';

const identity: Identity = { profile: me, device: id('device', 0), guestRoom: null };

/** A server that is a scene. */
export class Source implements Accounts, Connection {
  readonly limits = null;
  readonly session = null;
  state: ConnectionState = { at: 'idle' };
  readonly timelines: SceneTimelines;
  readonly #scene: Scene;
  readonly #stateListeners = new Set<(state: ConnectionState) => void>();
  readonly #eventListeners = new Set<(event: ServerEvent) => void>();

  constructor(scene: Scene) {
    this.#scene = scene;
    this.timelines = new SceneTimelines(scene, (event) => {
      this.#tell(event);
    });
  }

  // Accounts
  resume = async (): Promise<Identity | null> =>
    this.#scene.anonymous === true
      ? null
      : { ...identity, guestRoom: this.#scene.guest === true ? id('room', 0) : null };
  register = (): Promise<Identity> => this.#http('auth.register', identity);
  logIn = (): Promise<Identity> => this.#http('auth.log_in', identity);
  enterAsGuest = (): Promise<Identity> =>
    this.#http('auth.enter_as_guest', { ...identity, guestRoom: id('room', 0) });
  logOut = (): Promise<void> => this.#http('auth.log_out', undefined);
  logOutEverywhere = (): Promise<void> => this.#http('auth.log_out_everywhere', undefined);
  changePassword = (): Promise<void> => this.#http('auth.change_password', undefined);
  deleteAccount = (): Promise<void> => this.#http('auth.delete_account', undefined);
  setAvatar = (picture: Blob | null): Promise<wire.Profile> =>
    this.#http('auth.set_avatar', {
      ...me,
      avatar: picture ? URL.createObjectURL(picture) : null,
    });
  lookUpInvite = (): Promise<wire.InviteFound> =>
    this.#http('rooms.look_up_invite', {
      t: 'rooms.invite_found',
      room: id('room', 0),
      name: roomInfo(0).name,
      description: roomInfo(0).description,
      members: 12,
      online: 5,
      guests: true,
      expires_at: null,
    });

  // Connection
  start(): void {
    this.#move(this.#scene.link ?? { at: 'online', slow: false, resumed: false });
    if (this.#scene.link) {
      this.state = { at: 'online', slow: false, resumed: false };
      for (const listener of this.#stateListeners) listener(this.state);
      setTimeout(() => {
        this.#move(this.#scene.link as ConnectionState);
      }, 300);
    }
    if (this.#scene.writing === true) {
      for (const n of [1, 2]) {
        setTimeout(() => {
          this.#tell({ t: 'typing', room: id('room', 0), user: id('user', n), writing: true });
        }, 600);
      }
    }
  }
  stop(): void {
    this.#move({ at: 'idle' });
  }
  retryNow(): void {
    this.#move({ at: 'online', slow: false, resumed: true });
  }
  onState(listener: (state: ConnectionState) => void): () => void {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  }
  onEvent(listener: (event: ServerEvent) => void): () => void {
    this.#eventListeners.add(listener);
    return () => this.#eventListeners.delete(listener);
  }
  ask = <T extends wire.SocketTag>(command: CommandOf<T> & { t: T }): Promise<ReplyTo<T>> => {
    const said = (room: string): readonly wire.Shown[] => this.timelines.everything(room);
    const answer = answerTo(command as wire.SocketCommand, this.#scene, said);
    return this.#http(command.t, answer as ReplyTo<T>);
  };

  #move(state: ConnectionState): void {
    this.state = state;
    for (const listener of this.#stateListeners) listener(state);
  }

  #tell(event: ServerEvent): void {
    for (const listener of this.#eventListeners) listener(event);
  }

  async #http<T>(tag: string, answer: T): Promise<T> {
    const refused = this.#scene.refuse?.[tag];
    if (refused === 'hang') return new Promise(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 20));
    if (refused) throw refusal(refused.code, refused.after);
    return answer;
  }
}
