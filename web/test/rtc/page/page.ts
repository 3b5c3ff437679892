import { IndexedIdentity } from '../../../src/rtc/device_keys';
import type { Told } from '../../../src/rtc/line';
import { Mesh } from '../../../src/rtc/mesh';
import { SLOTS } from '../../../src/rtc/sending';
import type { Identity } from '../../../src/rtc/proof';
import { Person, someDevice } from './person';

/**
 * A call within one page: real connections between meshes, and a line instead of a server. A test
 * says who comes and goes; people outside the page tell and are told through `outbox` and `bring`.
 */
class Call {
  readonly people = new Map<string, Person>();
  readonly outside: { readonly session: string; readonly cameFirst: boolean }[] = [];
  readonly outbox: { readonly from: string; readonly to: string; readonly told: Told }[] = [];
  /** A server that stands in the middle: what it makes of a description. */
  forge: ((sdp: string) => string) | null = null;

  async join(
    session: string,
    devices: { camera?: boolean; microphone?: boolean } = {},
    identity?: Identity,
  ): Promise<void> {
    const person = new Person(session, identity ?? (await someDevice()), (to, told) =>
      this.#relay(session, to, told),
    );
    if (devices.camera === true) await person.openCamera(0);
    if (devices.microphone === true) await person.openMicrophone();
    this.people.set(session, person);
    this.#tellRoster();
  }

  /** Somebody who is not on this page. */
  meet(session: string, cameFirst: boolean): void {
    this.outside.push({ session, cameFirst });
    this.#tellRoster();
  }

  leave(session: string): void {
    this.at(session).close();
    this.people.delete(session);
    this.#tellRoster();
  }

  /** The page was loaded anew and took its session up again. */
  async reload(session: string): Promise<void> {
    const { identity } = this.at(session);
    this.at(session).close();
    await this.join(session, { camera: true }, identity);
  }

  at(session: string): Person {
    const person = this.people.get(session);
    if (person === undefined) throw new Error(`${session} is not there`);
    return person;
  }

  bring(from: string, to: string, told: Told): void {
    this.people.get(to)?.mesh.take(from, told);
  }

  /** What one sees of another: the state, and each slot in which something really arrives. */
  seen(session: string, of: string): string {
    const view = this.at(session).mesh.peers.get(of);
    if (view === undefined) return 'nobody';
    const slots = SLOTS.filter((slot) => view.tracks[slot] !== null);
    return [view.state, ...slots].join(' ');
  }

  async until(session: string, of: string, wanted: string, within = 10_000): Promise<void> {
    const end = performance.now() + within;
    while (this.seen(session, of) !== wanted) {
      if (performance.now() > end) {
        const told = this.at(session).complaints.join('; ');
        throw new Error(`${session} sees ${this.seen(session, of)} of ${of}: ${wanted}; ${told}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 4));
    }
  }

  /** Waits for the first picture past so many. */
  async frame(session: string, of: string, past: number, within = 10_000): Promise<void> {
    const end = performance.now() + within;
    while ((await this.at(session).frames(of)) <= past) {
      if (performance.now() > end) throw new Error(`no picture of ${of} past ${String(past)}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async #relay(from: string, to: string, told: Told): Promise<void> {
    // What goes through a server is copied, and comes a moment later.
    const copy = this.#carried(structuredClone(told));
    await new Promise((resolve) => setTimeout(resolve, 1));
    if (this.people.has(to)) this.bring(from, to, copy);
    else this.outbox.push({ from, to, told: copy });
  }

  #carried(told: Told): Told {
    if (this.forge === null || told.what !== 'description') return told;
    const { description } = told;
    return {
      what: 'description',
      description: { ...description, sdp: this.forge(description.sdp) },
    };
  }

  #tellRoster(): void {
    const outside = (cameFirst: boolean) =>
      this.outside
        .filter((each) => each.cameFirst === cameFirst)
        .map(({ session }) => ({ session, screenStream: '' }));
    const inside = [...this.people.values()].map(({ session, mesh }) => ({
      session,
      screenStream: mesh.screenStream,
      device: `device of ${session}`,
    }));
    const roster = [...outside(true), ...inside, ...outside(false)];
    for (const { mesh } of this.people.values()) mesh.setRoster(roster, 'call');
  }
}

Object.assign(window, { Call, Mesh, IndexedIdentity });
