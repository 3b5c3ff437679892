import { describe, expect, it } from 'vitest';
import { aTrack, Company } from '../../test/rtc/company';
import { arrivals } from '../../test/rtc/reports';
import type { ScriptedConnection } from '../../test/rtc/scripted';
import { FIRST_OFFER_MS, TOLD_BROKEN_MS, TOLD_MS } from './peer';
import { MUTE_MS, PULSE_MS, SILENT_MS } from './pulse';
import { BREATH_MS, LATER_MS, PATIENCE_MS, REPAIR_MS } from './repairs';
import type { PeerState, PeerView } from './view';

const immediately = (): Promise<void> => Promise.resolve();

async function settled(): Promise<void> {
  for (let turn = 0; turn < 400; turn += 1) await Promise.resolve();
}

/** A call of two, as one of them sees it. */
class Call {
  readonly company = new Company(immediately);
  readonly states: PeerState[] = [];
  #come = 0;

  constructor() {
    const { mesh } = this.company.join('a', { microphone: aTrack('microphone') });
    mesh.onChange((peers) => {
      const state = peers.get('b')?.state;
      if (state !== undefined && state !== this.states.at(-1)) this.states.push(state);
    });
  }

  get view(): PeerView {
    const view = this.company.at('a').mesh.peers.get('b');
    if (view === undefined) throw new Error('b is not there');
    return view;
  }

  get connection(): ScriptedConnection {
    const made = this.company.network.open.at(0);
    if (made === undefined) throw new Error('no connection');
    return made;
  }

  async flow(): Promise<void> {
    for (let time = 0; time < 3; time += 1) {
      await settled();
      this.company.network.flow();
    }
    await settled();
  }

  async connect(): Promise<this> {
    this.company.join('b', { microphone: aTrack('microphone') });
    await this.flow();
    return this;
  }

  async pass(ms: number): Promise<void> {
    await this.company.clock.pass(ms);
    await this.flow();
  }

  /** Something comes in each second, seen from `a`. */
  async hears(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second += 1) {
      this.connection.report = arrivals((this.#come += 50));
      await this.pass(PULSE_MS);
    }
  }

  /** The network is cut, and stays so for some time. */
  async loses(ms: number): Promise<void> {
    this.company.network.isCut = true;
    await this.flow();
    await this.pass(ms);
  }

  async finds(): Promise<void> {
    this.company.network.isCut = false;
    await this.flow();
  }

  get restarts(): number {
    const last = this.connection.agreed?.local.ufrag ?? '';
    return Number(last.split('.')[1]);
  }
}

describe('a peer', () => {
  it('is connecting, checks routes, and is connected', async () => {
    const call = new Call();
    call.company.network.isCut = true;
    await call.connect();
    expect(call.view.state).toBe('checking');
    call.company.network.isCut = false;
    await call.flow();
    expect(call.states).toEqual(['connecting', 'checking', 'connected']);
    expect(call.view.verified).toEqual({ state: 'unsigned', words: null });
  });

  it('lets a short loss heal by itself', async () => {
    const call = await new Call().connect();
    call.company.network.isCut = true;
    await call.flow();
    expect(call.view.state).toBe('interrupted');
    await call.company.clock.pass(PATIENCE_MS - 1);
    call.company.network.isCut = false;
    await call.flow();
    expect(call.view.state).toBe('connected');
    expect(call.restarts).toBe(0);
  });

  it('restarts ICE after a longer one', async () => {
    const call = await new Call().connect();
    call.company.network.isCut = true;
    await call.flow();
    await call.pass(PATIENCE_MS);
    call.company.network.isCut = false;
    await call.flow();
    expect(call.view.state).toBe('connected');
    expect(call.restarts).toBeGreaterThan(0);
    expect(call.company.network.connections).toHaveLength(2);
  });

  it.each([
    ['the microphone is on', MUTE_MS],
    ['the microphone is off', SILENT_MS],
  ])('restarts ICE before the browser sees that nothing comes: %s', async (which, patience) => {
    const call = await new Call().connect();
    if (which.endsWith('off')) call.company.send('b', { microphone: null });
    call.company.tellRoster();
    await call.hears(5);
    expect([call.view.state, call.restarts]).toEqual(['connected', 0]);
    await call.pass(patience - 1);
    expect([call.view.state, call.restarts]).toEqual(['connected', 0]);
    await call.pass(1);
    expect([call.view.state, call.restarts]).toEqual(['interrupted', 1]);
    await call.hears(1);
    expect([call.view.state, call.restarts]).toEqual(['connected', 1]);
  });

  it('gives the other side’s restart its time, which saw sooner that nothing comes', async () => {
    const call = await new Call().connect();
    const [, other] = call.company.network.open;
    await call.hears(10);
    if (other !== undefined) other.report = arrivals(1);
    await call.hears(2);
    await call.pass(MUTE_MS - PULSE_MS);
    expect([call.view.state, call.restarts]).toEqual(['connected', 1]);
    await call.pass(PULSE_MS);
    expect([call.view.state, call.restarts]).toEqual(['interrupted', 1]);
    await call.pass(BREATH_MS);
    expect([call.view.state, call.restarts]).toEqual(['interrupted', 2]);
  });

  it('sends whole pictures once it has healed, and none that nobody waits for', async () => {
    const call = new Call();
    call.company.send('a', { camera: aTrack('camera') });
    await call.connect();
    const pictures = call.connection.getTransceivers().find(({ kind }) => kind === 'video')?.sender;
    await call.pass(10 * PULSE_MS);
    expect(pictures?.wholePictures).toBe(0);
    await call.loses(1);
    await call.finds();
    expect(pictures?.wholePictures).toBe(1);
    await call.pass(10 * PULSE_MS);
    expect(pictures?.wholePictures).toBe(2);
  });

  it('restarts ICE at once where it has failed', async () => {
    const call = await new Call().connect();
    call.company.network.isCut = true;
    await call.flow();
    call.company.network.fail();
    call.company.network.isCut = false;
    await call.flow();
    expect(call.view.state).toBe('connected');
    expect(call.restarts).toBeGreaterThan(0);
  });

  it('shows new ways to what works where the network changes, and stays connected', async () => {
    const call = await new Call().connect();
    const before = call.states.length;
    call.company.at('a').mesh.networkChanged();
    await call.flow();
    expect(call.restarts).toBe(1);
    expect(call.states.slice(before)).toEqual([]);
  });

  it('keeps the connection and its tracks where the second restart helps', async () => {
    const call = await new Call().connect();
    const { microphone } = call.view.tracks;
    for (const ms of [PATIENCE_MS, REPAIR_MS]) await call.loses(ms);
    expect(call.restarts).toBeGreaterThan(1);
    await call.finds();
    expect([call.view.state, call.view.tracks.microphone]).toEqual(['connected', microphone]);
    expect(call.company.network.connections).toHaveLength(2);
  });

  it('makes a new connection where restarts do not help', async () => {
    const call = await new Call().connect();
    // One of the two begins; the other one leaves it its time, and then makes these three.
    for (const ms of [PATIENCE_MS, REPAIR_MS, REPAIR_MS, REPAIR_MS]) await call.loses(ms);
    await call.finds();
    expect(call.view.state).toBe('connected');
    expect(call.company.network.connections.length).toBeGreaterThan(2);
    expect(call.company.network.open).toHaveLength(2);
    expect(call.company.differences()).toEqual([]);
  });

  it('tells after a while why there is none, tries on, and heals by itself', async () => {
    const call = await new Call().connect();
    await call.loses(TOLD_BROKEN_MS - 1);
    expect([call.view.state, call.view.why]).toEqual(['interrupted', null]);
    await call.pass(1);
    expect([call.view.state, call.view.why]).toEqual(['failed', 'noRoute']);
    expect(call.view.tracks.microphone).toBeNull();
    for (let minute = 0; minute < 10; minute += 1) await call.pass(60_000);
    expect(call.company.told.some(({ told: { what } }) => what === 'restart')).toBe(true);
    expect(call.states.slice(-2)).toEqual(['interrupted', 'failed']);
    call.company.network.isCut = false;
    await call.pass(LATER_MS);
    expect([call.view.state, call.view.why]).toEqual(['connected', null]);
    expect(call.company.differences()).toEqual([]);
  });

  it('may be tried again by hand', async () => {
    const call = await new Call().connect();
    await call.loses(TOLD_BROKEN_MS);
    call.company.network.isCut = false;
    call.company.at('a').mesh.retry('b');
    expect([call.view.state, call.view.why]).toEqual(['connecting', null]);
    await call.flow();
    expect(call.view.state).toBe('connected');
    expect(call.company.differences()).toEqual([]);
  });

  it('that never stood tells so sooner, and comes when there is a way', async () => {
    const call = new Call();
    call.company.network.isCut = true;
    await call.connect();
    await call.pass(TOLD_MS - 1);
    expect([call.view.state, call.view.why]).toEqual(['checking', null]);
    await call.pass(1);
    expect([call.view.state, call.view.why]).toEqual(['failed', 'noRoute']);
    await call.pass(10 * LATER_MS);
    call.company.network.isCut = false;
    await call.pass(LATER_MS);
    expect([call.view.state, call.view.why]).toEqual(['connected', null]);
    expect(call.company.differences()).toEqual([]);
  });

  it('says that the other side is gone where it never answered', async () => {
    const call = new Call();
    call.company.isMute = true;
    await call.connect();
    await call.pass(TOLD_MS);
    expect([call.view.state, call.view.why]).toEqual(['failed', 'peerGone']);
  });

  it('takes a breath between two repairs where ICE fails at once', async () => {
    const call = await new Call().connect();
    const { network } = call.company;
    network.isCut = true;
    await call.flow();
    const failing = async (): Promise<void> => {
      for (let time = 0; time < 5; time += 1) {
        await call.flow();
        network.fail();
      }
    };
    await failing();
    const { restarts } = call;
    expect(restarts).toBeGreaterThan(0);
    await failing();
    expect(call.restarts).toBe(restarts);
    network.isCut = false;
    await call.pass(BREATH_MS);
    expect(call.view.state).toBe('connected');
  });

  it('leaves nothing waiting for a server that is away but one description', async () => {
    const call = await new Call().connect();
    const before = call.company.network.connections.length;
    const release = call.company.holds();
    await call.loses(20 * 60_000);
    expect(call.company.held).toBeLessThanOrEqual(2);
    expect(call.company.network.connections).toHaveLength(before);
    expect(call.view.state).toBe('failed');
    release();
    await call.finds();
    expect(call.view.state).toBe('connected');
    expect(call.company.differences()).toEqual([]);
  });

  it('offers itself where the newcomer stays silent', async () => {
    const call = new Call();
    call.company.tamper = (told) =>
      told.what === 'description' && told.description.type === 'offer'
        ? { what: 'endOfCandidates', ufrag: null }
        : told;
    await call.connect();
    expect(call.view.state).toBe('connecting');
    call.company.tamper = (told) => told;
    const before = call.company.told.length;
    await call.pass(FIRST_OFFER_MS);
    const told = call.company.told.slice(before).filter(({ from }) => from === 'a');
    expect(told.some(({ told: { what } }) => what === 'description')).toBe(true);
    expect(call.company.differences()).toEqual([]);
  });

  it('leaves nothing behind when it is closed, once or twice', async () => {
    const call = await new Call().connect();
    const { connection } = call;
    const arriving = connection.getTransceivers()[0]?.arriving;
    const { mesh } = call.company.at('a');
    call.company.leave('b');
    mesh.close();
    mesh.close();
    const before = call.states.length;
    arriving?.end();
    await settled();
    expect(call.company.clock.pending).toBe(0);
    expect(call.company.network.open).toEqual([]);
    expect(connection.isClosed).toBe(true);
    expect([
      connection.ontrack,
      connection.onnegotiationneeded,
      connection.onicecandidate,
      connection.onconnectionstatechange,
      connection.oniceconnectionstatechange,
    ]).toEqual([null, null, null, null, null]);
    expect(call.states.length).toBe(before);
  });
});
