import { browserParts } from '../../../src/rtc/browser';
import type { Told } from '../../../src/rtc/line';
import { Mesh, type Present } from '../../../src/rtc/mesh';
import { NOTHING, type Sending } from '../../../src/rtc/sending';

/**
 * Two or more meshes in one page, joined by a line within it: real connections, no server.
 * The test calls these; each person is a mesh with what the browser's fake devices give.
 */
class Person {
  readonly mesh: Mesh;
  readonly connections: RTCPeerConnection[] = [];
  readonly complaints: string[] = [];
  offers = 0;
  sending: Sending = NOTHING;

  constructor(
    readonly session: string,
    readonly room: Room,
  ) {
    const parts = browserParts((to, told) => room.relay(session, to, told, this));
    this.mesh = new Mesh(
      {
        ...parts,
        connect: (configuration) => {
          const connection = parts.connect(configuration);
          this.connections.push(connection as unknown as RTCPeerConnection);
          return connection;
        },
        complain: (to, error) => this.complaints.push(`${to}: ${String(error)}`),
      },
      session,
    );
  }

  send(change: Partial<Sending>): void {
    this.sending = { ...this.sending, ...change };
    this.mesh.send(this.sending);
  }
}

class Room {
  readonly people = new Map<string, Person>();
  isCut = false;

  async relay(from: string, to: string, told: Told, person: Person): Promise<void> {
    // What goes through a server is copied, and comes a moment later.
    const copy = structuredClone(told);
    await new Promise((resolve) => setTimeout(resolve, 1));
    if (this.isCut) throw new Error('the line is cut');
    if (told.what === 'description' && told.description.type === 'offer') person.offers += 1;
    this.people.get(to)?.mesh.take(from, copy);
  }

  join(session: string, sending: Partial<Sending> = {}): Person {
    const person = new Person(session, this);
    person.send(sending);
    this.people.set(session, person);
    this.tellRoster();
    return person;
  }

  leave(session: string): void {
    this.people.get(session)?.mesh.close();
    this.people.delete(session);
    this.tellRoster();
  }

  tellRoster(): void {
    const roster: Present[] = [...this.people.values()].map(({ session, mesh }) => ({
      session,
      screenStream: mesh.screenStream,
    }));
    for (const { mesh } of this.people.values()) mesh.setRoster(roster);
  }
}

Object.assign(window, { Room });
