import { Refused } from '../../protocol/refused';
import type { IceServers, Media, Roster } from '../../protocol/generated';
import type { MeshParts, Mesh, PeerView } from '../../rtc/mesh';
import type { Connection } from '../ports';
import { Courier } from './courier';
import { isSignal, toldBy } from './signals';

/** A mesh by its shape. */
export type CallMesh = Pick<Mesh, keyof Mesh>;

/** What a seat stands on. */
export interface SeatParts {
  readonly connection: Connection;
  readonly mesh: (tell: MeshParts['tell'], me: string, room: string) => CallMesh;
  /** Something is seen or heard of the others that was not before. */
  readonly changed?: () => void;
}

/**
 * One's place in one call, held by one session: the mesh of its peers, and what the others know of
 * what one sends. A new session needs a new seat.
 */
export class Seat {
  readonly room: string;
  readonly session: string;
  readonly mesh: CallMesh;
  #peers = $state.raw<ReadonlyMap<string, PeerView>>(new Map());
  readonly #connection: Connection;
  readonly #courier: Courier;
  readonly #stops: (() => void)[];
  /** What the server was last told, and whether it is being told now. */
  #told: Media | null = null;
  #wanted: Media = {};
  #telling = false;
  #closed = false;
  #former: string | null = null;

  constructor({ connection, mesh, changed }: SeatParts, room: string, session: string) {
    this.room = room;
    this.session = session;
    this.#connection = connection;
    this.#courier = new Courier(connection, room);
    this.mesh = mesh((to, told) => this.#courier.tell(to, told), session, room);
    this.#stops = [
      this.mesh.onChange((peers) => {
        this.#peers = peers;
        changed?.();
      }),
      connection.onEvent((event) => {
        if (isSignal(event) && event.room === room) this.mesh.take(event.sender, toldBy(event));
      }),
    ];
  }

  /** The others in the call, as far as there is a connection to speak of. */
  get peers(): ReadonlyMap<string, PeerView> {
    return this.#peers;
  }

  /** The server has let one in. */
  get isTaken(): boolean {
    return this.#told !== null;
  }

  /** Whose place the next seat takes over: as long as this one is not had, that of the one before. */
  get holder(): string {
    return this.isTaken ? this.session : (this.#former ?? this.session);
  }

  /**
   * Joins the call, or starts it, and answers the roster. The seat of the `former` session of this
   * page is taken over.
   *
   * @throws {Refused} where the server says no, or does not answer.
   */
  async take(media: Media, listen = false, former: string | null = null): Promise<Roster> {
    this.#wanted = this.#own(media);
    this.#former = former;
    const servers = this.#askServers();
    const roster = await this.#join(listen, former);
    const found = await servers;
    if (this.#closed) return roster;
    if (found !== null) this.mesh.configure(configurationOf(found));
    this.setRoster(roster);
    this.tellMedia();
    return roster;
  }

  /**
   * From listening to speaking, in the same place, and answers the roster.
   *
   * @throws {Refused} where there is no place: then one goes on listening.
   */
  async speak(media: Media): Promise<Roster> {
    this.#wanted = this.#own(media);
    const roster = await this.#join(false);
    this.setRoster(roster);
    this.tellMedia();
    return roster;
  }

  setRoster({ participants, call }: Roster): void {
    if (this.#closed) return;
    this.mesh.setRoster(
      participants.map(({ session, device, media, listening }) => ({
        session,
        device,
        listening: listening ?? false,
        screenStream: media.screen_stream ?? '',
        camera: media.camera ?? false,
        microphone: media.microphone ?? false,
      })),
      call,
    );
  }

  /** Tells the others what one sends; repeated until the server has it. */
  setMedia(media: Media): void {
    this.#wanted = this.#own(media);
    this.tellMedia();
  }

  /** Asks again for servers: credentials run out, and a failed peer may need fresh ones. */
  async renewServers(): Promise<void> {
    const found = await this.#askServers();
    if (found !== null && !this.#closed) this.mesh.configure(configurationOf(found));
  }

  tellMedia(): void {
    if (this.#telling || this.#closed || this.#told === null) return;
    if (sameMedia(this.#told, this.#wanted) || this.#connection.state.at !== 'online') return;
    this.#telling = true;
    const media = this.#wanted;
    this.#connection.ask({ t: 'signaling.set_media', room: this.room, media }).then(
      () => {
        this.#told = media;
        this.#telling = false;
        this.tellMedia();
      },
      (error: unknown) => {
        this.#telling = false;
        // Told again with the next connection, or by whoever takes a seat anew.
        if (error instanceof Refused && error.mayPass) {
          setTimeout(() => {
            this.tellMedia();
          }, TELL_AGAIN_MS);
        }
      },
    );
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const stop of this.#stops) stop();
    this.#courier.close();
    this.mesh.close();
  }

  async #join(listen: boolean, former: string | null = null): Promise<Roster> {
    const media = this.#wanted;
    const { room } = this;
    const asked = { t: 'signaling.join', room, media, listen, former } as const;
    const { roster } = await this.#connection.ask(asked);
    this.#told = media;
    return roster;
  }

  #own(media: Media): Media {
    return { ...media, screen_stream: this.mesh.screenStream };
  }

  /** Without servers peers on one network meet all the same. */
  async #askServers(): Promise<IceServers | null> {
    try {
      return await this.#connection.ask({ t: 'signaling.ice_servers', room: this.room });
    } catch {
      return null;
    }
  }
}

const TELL_AGAIN_MS = 1000;

function configurationOf({ servers, relay_only }: IceServers): RTCConfiguration {
  return {
    iceServers: servers.map(({ urls, username, credential }) => ({
      urls,
      ...(username != null && { username }),
      ...(credential != null && { credential }),
    })),
    iceTransportPolicy: relay_only === true ? 'relay' : 'all',
  };
}

function sameMedia(one: Media, other: Media): boolean {
  return (
    (one.microphone ?? false) === (other.microphone ?? false) &&
    (one.camera ?? false) === (other.camera ?? false) &&
    (one.screen ?? false) === (other.screen ?? false) &&
    (one.hand ?? false) === (other.hand ?? false) &&
    (one.recording ?? false) === (other.recording ?? false) &&
    (one.recording_paused ?? false) === (other.recording_paused ?? false)
  );
}
