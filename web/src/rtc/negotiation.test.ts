import { describe, expect, it } from 'vitest';
import { aTrack, Company } from '../../test/rtc/company';
import { scriptedStream } from '../../test/rtc/scripted_media';
import { ScriptedConnection } from '../../test/rtc/scripted';
import { answered, fingerprints, isSameOffer, trickles, version } from './descriptions';

const immediately = (): Promise<void> => Promise.resolve();

async function settled(): Promise<void> {
  for (let turn = 0; turn < 400; turn += 1) await Promise.resolve();
}

async function connected(company: Company): Promise<void> {
  await settled();
  company.network.flow();
  await settled();
  company.network.flow();
}

const offers = (company: Company): number => descriptions(company, 'offer').length;

function descriptions(company: Company, type: 'offer' | 'answer'): string[] {
  return company.told.flatMap(({ told }) =>
    told.what === 'description' && told.description.type === type ? [told.description.sdp] : [],
  );
}

describe('two peers', () => {
  it('see each other after one offer and one answer', async () => {
    const company = new Company(immediately);
    company.join('a', { microphone: aTrack('microphone'), camera: aTrack('camera') });
    company.join('b', { microphone: aTrack('microphone'), camera: aTrack('camera') });
    await connected(company);
    expect(company.differences()).toEqual([]);
    expect([offers(company), descriptions(company, 'answer').length]).toEqual([1, 1]);
  });

  it('see each other after one offer where the newcomer only listens', async () => {
    const company = new Company(immediately);
    company.join('a', { microphone: aTrack('microphone'), camera: aTrack('camera') });
    company.join('b');
    await connected(company);
    expect(company.differences()).toEqual([]);
    expect(offers(company)).toBe(1);
  });

  it('connect where neither sends anything', async () => {
    const company = new Company(immediately);
    company.join('a');
    company.join('b');
    await connected(company);
    expect(company.differences()).toEqual([]);
  });

  it('agree where both change at the same instant, and only the polite one gives way', async () => {
    const company = new Company(immediately);
    company.join('a', { microphone: aTrack('microphone') });
    company.join('b', { microphone: aTrack('microphone') });
    await connected(company);
    company.send('a', { screen: aTrack('screen') });
    company.send('b', { screen: aTrack('screen') });
    await connected(company);
    expect(company.differences()).toEqual([]);
    expect(company.complaints).toEqual([]);
    // The newcomer's connection is made last, and the lower session is the polite one.
    const rollbacks = company.network.connections.map((each) => each.rollbacks);
    expect(rollbacks).toEqual([1, 0]);
  });

  it('switch a camera without a word', async () => {
    const company = new Company(immediately);
    company.join('a', { camera: aTrack('camera') });
    company.join('b');
    await connected(company);
    const before = company.told.length;
    company.send('a', { camera: aTrack('camera') });
    company.send('a', { camera: null });
    company.send('a', { camera: aTrack('camera') });
    await connected(company);
    expect(company.differences()).toEqual([]);
    expect(company.told.length).toBe(before);
  });

  it('keep to one m-line for a screen that comes and goes', async () => {
    const company = new Company(immediately);
    company.join('a', { microphone: aTrack('microphone'), camera: aTrack('camera') });
    company.join('b');
    await connected(company);
    for (let time = 0; time < 10; time += 1) {
      company.send('a', { screen: aTrack('screen'), screenAudio: aTrack('screenAudio') });
      await connected(company);
      expect(company.differences()).toEqual([]);
      company.send('a', { screen: null, screenAudio: null });
      await connected(company);
      expect(company.differences()).toEqual([]);
    }
    expect(company.network.connections.map((each) => each.getTransceivers().length)).toEqual([
      4, 4,
    ]);
  });

  it('take a camera that stays off out of the descriptions', async () => {
    const company = new Company(immediately);
    company.join('a', { camera: aTrack('camera') });
    company.join('b');
    await connected(company);
    company.send('a', { camera: null });
    await company.clock.pass(2_000);
    await connected(company);
    expect(company.at('b').mesh.peers.get('a')?.tracks.camera).toBeNull();
  });

  it('tell an offer again that got no answer', async () => {
    const company = new Company(immediately);
    company.join('a', { camera: aTrack('camera') });
    company.join('b');
    await connected(company);
    company.isMute = true;
    company.send('a', { screen: aTrack('screen') });
    await settled();
    company.isMute = false;
    await company.clock.pass(2_000);
    await connected(company);
    expect(company.differences()).toEqual([]);
  });
});

describe('a scripted connection', () => {
  const made = (): ScriptedConnection => new ScriptedConnection('AA:1', immediately);

  it('refuses an answer to nothing', async () => {
    const [one, other] = [made(), new ScriptedConnection('AA:2', immediately)];
    one.addTrack(aTrack('camera'), scriptedStream('s'));
    await one.setLocalDescription();
    await other.setRemoteDescription(one.localDescription ?? { type: 'offer' });
    await other.setLocalDescription();
    const answer = other.localDescription ?? { type: 'answer' };
    await one.setRemoteDescription(answer);
    await expect(one.setRemoteDescription(answer)).rejects.toThrow('an answer in stable');
  });

  it('refuses what is closed, early, sent twice, or of another generation', async () => {
    const one = made();
    const camera = aTrack('camera');
    one.addTrack(camera, scriptedStream('s'));
    expect(() => one.addTrack(camera, scriptedStream('s'))).toThrow('sent already');
    await expect(one.addIceCandidate({ candidate: 'x' })).rejects.toThrow('no remote description');
    const other = new ScriptedConnection('AA:2', immediately);
    await one.setLocalDescription();
    await other.setRemoteDescription(one.localDescription ?? { type: 'offer' });
    await expect(
      other.addIceCandidate({ candidate: 'x', usernameFragment: 'AA:1.7' }),
    ).rejects.toThrow('another generation');
    one.close();
    expect(() => one.addTrack(aTrack('camera'), scriptedStream('s'))).toThrow('closed');
    await expect(one.setLocalDescription()).rejects.toThrow('closed');
  });

  it('asks for a negotiation once for all that changes at once', async () => {
    const one = made();
    let asked = 0;
    one.onnegotiationneeded = () => {
      asked += 1;
    };
    one.addTrack(aTrack('camera'), scriptedStream('s'));
    one.addTrack(aTrack('microphone'), scriptedStream('s'));
    await settled();
    expect(asked).toBe(1);
  });
});

describe('a description', () => {
  const sdp = [
    'v=0',
    'o=- 4606525552386148615 5 IN IP4 127.0.0.1',
    'a=fingerprint:sha-256 CA:67',
    'a=ice-options:renomination trickle',
    'm=audio 9 UDP/TLS/RTP/SAVPF 111',
    'a=fingerprint:sha-256 CA:67',
    'm=video 9 UDP/TLS/RTP/SAVPF 96',
    'a=fingerprint:sha-256 BB:00',
    '',
  ].join('\r\n');

  it('says who made it, and which it is', () => {
    expect(fingerprints(sdp)).toEqual(['sha-256 CA:67', 'sha-256 BB:00']);
    expect(version(sdp)).toBe('4606525552386148615 5');
    expect(trickles(sdp)).toBe(true);
    expect(trickles(sdp.replace('a=ice-options', 'a=x'))).toBe(false);
    expect(answered(sdp)).toBeNull();
  });

  it('is the same offer with more candidates in it, and another one by another version', () => {
    expect(isSameOffer(sdp, `${sdp}a=candidate:1 1 udp 1 10.0.0.1 9 typ host\r\n`)).toBe(true);
    expect(isSameOffer(sdp, sdp.replace('615 5', '615 6'))).toBe(false);
    const still = sdp.replace('trickle', '');
    expect(isSameOffer(still, `${still}a=x\r\n`)).toBe(false);
  });
});
