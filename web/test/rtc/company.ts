import type { Told } from '../../src/rtc/line';
import { Mesh, type MeshParts, type Present } from '../../src/rtc/mesh';
import { NOTHING, SLOTS, soundOf, type Sending, type Slot } from '../../src/rtc/sending';
import type { RemoteTracks } from '../../src/rtc/view';
import { StillClock } from '../support/still_clock';
import { Network } from './network';
import { ScriptedTrack, scriptedStream } from './scripted_media';
import type { Pause } from './operations_chain';

/** One in a scripted call. */
export interface Guest {
  readonly session: string;
  mesh: Mesh;
  sending: Sending;
  listening: boolean;
}

/** People in a call, on scripted connections, a server and a network that a test can break. */
export class Company {
  readonly network = new Network();
  readonly clock = new StillClock();
  readonly guests = new Map<string, Guest>();
  readonly complaints: unknown[] = [];
  readonly told: { from: string; to: string; told: Told }[] = [];
  /** The way to the server is cut: nothing is handed on. */
  isMute = false;
  /** Changes what the server hands on. */
  tamper: (told: Told) => Told = (told) => told;
  /** Descriptions on their way through the server. */
  held = 0;
  #gate: Promise<void> | null = null;
  readonly #pause: Pause;
  #streams = 0;

  constructor(pause: Pause) {
    this.#pause = pause;
  }

  join(session: string, sending: Partial<Sending> = {}, parts: Partial<MeshParts> = {}): Guest {
    const mesh = new Mesh({ ...this.#parts(session), ...parts }, session);
    const guest = {
      session,
      mesh,
      sending: { ...NOTHING, ...sending },
      listening: false,
    };
    mesh.send(guest.sending);
    this.guests.set(session, guest);
    this.tellRoster();
    return guest;
  }

  /** Somebody listens from now on, or speaks again. */
  listen(session: string, listening: boolean): void {
    this.at(session).listening = listening;
    this.tellRoster();
  }

  leave(session: string): void {
    this.guests.get(session)?.mesh.close();
    this.guests.delete(session);
    this.tellRoster();
  }

  /** The page is loaded anew, and its session taken up: nobody is told. */
  reload(session: string): void {
    const guest = this.at(session);
    guest.mesh.close();
    guest.mesh = new Mesh(this.#parts(session), session);
    guest.mesh.send(guest.sending);
    this.tellRoster();
  }

  /** The server hands nothing on until it is released. */
  holds(): () => void {
    let release = (): void => undefined;
    this.#gate = new Promise((open) => {
      release = open;
    });
    return () => {
      this.#gate = null;
      release();
    };
  }

  send(session: string, change: Partial<Sending>): void {
    const guest = this.at(session);
    guest.sending = { ...guest.sending, ...change };
    guest.mesh.send(guest.sending);
  }

  at(session: string): Guest {
    const guest = this.guests.get(session);
    if (guest === undefined) throw new Error(`${session} is not there`);
    return guest;
  }

  tellRoster(): void {
    const roster: Present[] = [...this.guests.values()].map((guest) => ({
      session: guest.session,
      screenStream: guest.mesh.screenStream,
      device: `device-${guest.session}`,
      microphone: guest.sending.microphone !== null,
      listening: guest.listening,
    }));
    for (const { mesh } of this.guests.values()) mesh.setRoster(roster, 'call');
  }

  /** What one side sees that is not what the other one sends; empty where all is well. */
  differences(): string[] {
    const found: string[] = [];
    for (const { session, mesh } of this.guests.values()) {
      for (const other of this.guests.values()) {
        if (other.session === session) continue;
        const view = mesh.peers.get(other.session);
        const bothListen = other.listening && this.at(session).listening;
        if (bothListen) {
          if (view !== undefined) found.push(`${session} → ${other.session}: both listen`);
          continue;
        }
        if (view?.state !== 'connected') {
          found.push(`${session} → ${other.session}: ${view?.state ?? 'unknown'}`);
          continue;
        }
        for (const slot of SLOTS) {
          const seen = shown(view.tracks, slot);
          const sent = ScriptedTrack.of(this.#meant(other, session)[slot]);
          if (seen === sent) continue;
          found.push(`${session} sees ${slot} ${named(seen)} of ${other.session}: ${named(sent)}`);
        }
      }
    }
    for (const { name, signalingState } of this.network.open) {
      if (signalingState !== 'stable') found.push(`${name}: ${signalingState}`);
    }
    return found;
  }

  close(): void {
    for (const { mesh } of this.guests.values()) mesh.close();
    this.guests.clear();
  }

  #meant({ sending, listening }: Guest, to: string): Sending {
    if (listening) return NOTHING;
    return this.at(to).listening ? soundOf(sending) : sending;
  }

  #parts(session: string): MeshParts {
    return {
      connect: () => this.network.connect(this.#pause),
      stream: () => scriptedStream(`stream-${String((this.#streams += 1))}`),
      tell: (to, told) => this.#relay(session, to, told),
      timer: this.clock,
      complain: (_session, error) => this.complaints.push(error),
    };
  }

  async #relay(from: string, to: string, told: Told): Promise<void> {
    await this.#pause(`relay ${told.what}`);
    if (this.#gate !== null) {
      const counts = told.what === 'description' ? 1 : 0;
      this.held += counts;
      await this.#gate;
      this.held -= counts;
    }
    if (this.isMute) throw new Error('mute');
    this.told.push({ from, to, told });
    // Delivered on its own time: the answer to the sender does not wait for the receiver.
    this.guests.get(to)?.mesh.take(from, this.tamper(told));
  }
}

/** The other side's own track that a view shows in a slot. */
export function shown(tracks: RemoteTracks, slot: Slot): ScriptedTrack | null {
  return ScriptedTrack.of(tracks[slot])?.source ?? null;
}

export function aTrack(slot: Slot): MediaStreamTrack {
  return new ScriptedTrack(slot === 'camera' || slot === 'screen' ? 'video' : 'audio').asTrack;
}

const named = (track: ScriptedTrack | null): string => track?.id ?? 'nothing';
