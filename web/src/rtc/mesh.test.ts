import { describe, expect, it } from 'vitest';
import { aTrack, Company, shown } from '../../test/rtc/company';
import { ScriptedTrack } from '../../test/rtc/scripted_media';
import { StillPeer } from '../../test/rtc/still_peer';
import { KEPT_MS } from './mailbox';
import { Mesh } from './mesh';
import { PATIENCE_MS } from './repairs';
import { firstStep } from './sending';

const immediately = (): Promise<void> => Promise.resolve();

async function settled(): Promise<void> {
  for (let turn = 0; turn < 400; turn += 1) await Promise.resolve();
}

async function flow(company: Company): Promise<void> {
  for (let time = 0; time < 3; time += 1) {
    await settled();
    company.network.flow();
  }
  await settled();
}

const people = { microphone: aTrack, camera: aTrack };
const both = () => ({
  microphone: people.microphone('microphone'),
  camera: people.camera('camera'),
});

describe('a mesh', () => {
  it('connects three, each with one offer by who came later', async () => {
    const company = new Company(immediately);
    for (const name of ['b', 'c', 'a']) company.join(name, both());
    await flow(company);
    expect(company.differences()).toEqual([]);
    const offers = company.told.flatMap(({ from, to, told }) =>
      told.what === 'description' && told.description.type === 'offer' ? [`${from}→${to}`] : [],
    );
    expect(offers.sort()).toEqual(['a→b', 'a→c', 'c→b']);
  });

  it('knows who came first where the roster leaves it out', async () => {
    const company = new Company(immediately);
    const a = company.join('a', both());
    const b = company.join('b', both());
    const asSeen = (mesh: Mesh): { session: string; screenStream: string } => ({
      session: mesh === a.mesh ? 'a' : 'b',
      screenStream: mesh.screenStream,
    });
    a.mesh.setRoster([asSeen(b.mesh)]);
    b.mesh.setRoster([asSeen(a.mesh)]);
    await flow(company);
    expect(company.differences()).toEqual([]);
  });

  it('shows nothing of those who left', async () => {
    const company = new Company(immediately);
    for (const name of ['a', 'b', 'c']) company.join(name, both());
    await flow(company);
    company.leave('a');
    expect([...company.at('b').mesh.peers.keys()]).toEqual(['c']);
    await flow(company);
    expect(company.differences()).toEqual([]);
    expect(company.network.open).toHaveLength(2);
    for (const name of ['b', 'c']) company.leave(name);
    company.join('a', both());
    company.join('b', both());
    await flow(company);
    expect(company.differences()).toEqual([]);
  });

  it('keeps what comes before the roster names its sender, for some seconds', async () => {
    const company = new Company(immediately);
    const { mesh } = company.join('a', both());
    const setRoster = mesh.setRoster.bind(mesh);
    let late: Parameters<Mesh['setRoster']> | null = null;
    mesh.setRoster = (...roster) => {
      late = roster;
    };
    company.join('b', both());
    await flow(company);
    if (late !== null) setRoster(...(late as Parameters<Mesh['setRoster']>));
    await flow(company);
    expect(company.differences()).toEqual([]);
    mesh.take('stranger', { what: 'restart' });
    await company.clock.pass(KEPT_MS);
    company.close();
    expect(company.clock.pending).toBe(0);
  });

  it('tells a screen from a camera, also where only the screen is sent', async () => {
    const company = new Company(immediately);
    const screen = aTrack('screen');
    company.join('a', { screen });
    company.join('b', both());
    await flow(company);
    const tracks = company.at('b').mesh.peers.get('a')?.tracks;
    if (tracks === undefined) throw new Error('a is not there');
    expect(shown(tracks, 'screen')).toBe(ScriptedTrack.of(screen));
    expect(tracks.camera).toBeNull();
  });

  it('shows no camera that the roster says is off, and no track that ended', async () => {
    const company = new Company(immediately);
    company.join('a', both());
    const { mesh } = company.join('b');
    await flow(company);
    const screenStream = company.at('a').mesh.screenStream;
    mesh.setRoster([
      { session: 'a', screenStream, camera: false },
      { session: 'b', screenStream },
    ]);
    expect(mesh.peers.get('a')?.tracks.camera).toBeNull();
    const { microphone } = mesh.peers.get('a')?.tracks ?? { microphone: null };
    ScriptedTrack.of(microphone)?.end();
    expect(mesh.peers.get('a')?.tracks.microphone).toBeNull();
  });

  it('begins with a share of the uplink, and keeps to what it is told later', async () => {
    const company = new Company(immediately);
    const { mesh } = company.join('a', both());
    company.join('b');
    await flow(company);
    const bits = (): number[] =>
      company.network.open
        .flatMap((each) => [...each.getTransceivers()])
        .filter(({ sender }) => sender.track?.kind === 'video')
        .map(({ sender }) => sender.getParameters().encodings[0]?.maxBitrate ?? 0);
    expect(bits()).toEqual([firstStep('camera', 1).maxBitrate]);
    const step = { ...firstStep('camera', 1), maxBitrate: 123_000, scaleResolutionDownBy: 4 };
    mesh.adapt('b', 'camera', step);
    await settled();
    expect(bits()).toEqual([123_000]);
    for (const name of ['c', 'd', 'e']) company.join(name);
    await flow(company);
    const others = Array.from({ length: 3 }, () => firstStep('camera', 4).maxBitrate);
    expect(bits()).toEqual([123_000, ...others]);
  });

  it('hints at what each track shows, where its owner did not', () => {
    const company = new Company(immediately);
    const sending = { camera: aTrack('camera'), screen: aTrack('screen') };
    sending.screen.contentHint = 'text';
    company.join('a', sending);
    company.join('b');
    expect([sending.camera.contentHint, sending.screen.contentHint]).toEqual(['', 'text']);
    return flow(company).then(() => {
      expect([sending.camera.contentHint, sending.screen.contentHint]).toEqual(['motion', 'text']);
    });
  });
});

describe('a mesh with some who listen', () => {
  async function concert(): Promise<Company> {
    const company = new Company(immediately);
    const all = { ...both(), screen: aTrack('screen'), screenAudio: aTrack('screenAudio') };
    for (const [name, sending] of [
      ['a', all],
      ['b', both()],
      ['c', both()],
      ['d', both()],
    ] as const) {
      company.join(name, sending);
      if (name === 'c' || name === 'd') company.listen(name, true);
      await flow(company);
    }
    return company;
  }

  it('sends them sound and no pictures, and leaves them apart from each other', async () => {
    const company = await concert();
    expect(company.differences()).toEqual([]);
    expect([...company.at('c').mesh.peers.keys()]).toEqual(['a', 'b']);
    expect(company.at('d').mesh.peers.get('a')?.tracks).toMatchObject({
      camera: null,
      screen: null,
    });
    // Something that begins later is for the others, too.
    company.send('b', { screen: aTrack('screen') });
    company.send('a', { camera: null });
    await flow(company);
    expect(company.differences()).toEqual([]);
  });

  it('does not count them where the uplink is shared', async () => {
    const company = await concert();
    const bits = company.network.open
      .flatMap((each) => [...each.getTransceivers()])
      .filter(({ sender }) => sender.track?.kind === 'video')
      .map(({ sender }) => sender.getParameters().encodings[0]?.maxBitrate);
    const camera = firstStep('camera', 1).maxBitrate;
    expect(bits.sort()).toEqual([camera, camera, firstStep('screen', 1).maxBitrate].sort());
  });

  it('sends them everything once they speak, on the same connections', async () => {
    const company = await concert();
    const before = company.network.open.length;
    company.leave('b');
    company.listen('c', false);
    await flow(company);
    expect(company.differences()).toEqual([]);
    // Without the two of b that others had, and their ends; one more pair for the other listener.
    expect(company.network.open).toHaveLength(before - 6 + 2);
    company.listen('d', false);
    await flow(company);
    expect(company.differences()).toEqual([]);
    for (const name of ['a', 'd']) company.listen(name, true);
    await flow(company);
    expect(company.differences()).toEqual([]);
    expect([...company.at('a').mesh.peers.keys()]).toEqual(['c']);
  });
});

describe('a mesh and a peer that can not restart', () => {
  function meet(weAreFirst: boolean): { company: Company; mesh: Mesh; peer: StillPeer } {
    const company = new Company(immediately);
    const { mesh } = company.join('m', both(), {
      tell: (_to, told) => {
        void peer.take(told);
        return Promise.resolve();
      },
    });
    const peer = new StillPeer(company.network, (told) => {
      mesh.take('z', told);
    });
    const them = { session: 'z', screenStream: '' };
    const us = { session: 'm', screenStream: mesh.screenStream };
    mesh.setRoster(weAreFirst ? [us, them] : [them, us]);
    return { company, mesh, peer };
  }

  it.each([true, false])('see each other, whoever offers (we were first: %s)', async (first) => {
    const { company, mesh, peer } = meet(first);
    if (first) await peer.offer();
    await flow(company);
    const view = mesh.peers.get('z');
    expect(view?.state).toBe('connected');
    expect(ScriptedTrack.of(view?.tracks.camera ?? null)?.source).toBe(
      ScriptedTrack.of(peer.camera),
    );
    expect(peer.connection.getTransceivers().map((each) => each.arriving.source?.kind)).toContain(
      'video',
    );
  });

  it('meet on new connections where theirs fails', async () => {
    const { company, mesh, peer } = meet(false);
    await flow(company);
    const [ours] = company.network.open;
    company.network.isCut = true;
    await flow(company);
    await company.clock.pass(PATIENCE_MS);
    company.network.isCut = false;
    await flow(company);
    expect(mesh.peers.get('z')?.state).toBe('connected');
    expect(ours?.isClosed).toBe(true);
    expect(ScriptedTrack.of(mesh.peers.get('z')?.tracks.camera ?? null)?.source).toBe(
      ScriptedTrack.of(peer.camera),
    );
  });

  it('begin anew where it asks for a restart', async () => {
    const { company, mesh } = meet(false);
    await flow(company);
    mesh.take('z', { what: 'restart' });
    await flow(company);
    expect(mesh.peers.get('z')?.state).toBe('connected');
    expect(company.network.connections.length).toBe(4);
  });
});
