import { describe, expect, it } from 'vitest';
import { aTrack, Company } from '../../test/rtc/company';
import { deviceKey, isSigned, newKeyPair, Proofs, statement, verificationWords } from './proof';
import type { DeviceKey, Identity } from './proof';

/** A device that remembers whom it met, as long as the test lasts. */
class Device implements Identity {
  readonly met = new Map<string, string>();
  readonly #key: DeviceKey | null;

  constructor(key: DeviceKey | null) {
    this.#key = key;
  }

  static async made(): Promise<Device> {
    return new Device(await deviceKey(await newKeyPair()));
  }

  own(): Promise<DeviceKey | null> {
    return Promise.resolve(this.#key);
  }

  keyOf(device: string): Promise<string | null> {
    return Promise.resolve(this.met.get(device) ?? null);
  }

  remember(device: string, key: string | null): Promise<void> {
    if (key === null) this.met.delete(device);
    else this.met.set(device, key);
    return Promise.resolve();
  }
}

const sdp = (fingerprint: string): string =>
  `v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\na=fingerprint:sha-256 ${fingerprint}\r\nm=audio 9 x 1\r\n`;

const ann = { session: 'ann', device: 'anns' };

describe('a proof', () => {
  it('is a signature over the call, both sessions, and the fingerprints', () => {
    expect(statement('call', 'ann', 'ben', sdp('AA:BB'))).toBe('call ann ben sha-256 AA:BB');
  });

  it('holds for what was signed, and for nothing else', async () => {
    const key = await deviceKey(await newKeyPair());
    const proof = { key: key.key, signature: await key.sign('this') };
    const other = await deviceKey(await newKeyPair());
    expect(await isSigned('this', proof)).toBe(true);
    expect(await isSigned('that', proof)).toBe(false);
    expect(await isSigned('this', { ...proof, key: other.key })).toBe(false);
    for (const broken of ['', '!', 'AAAA', key.key]) {
      expect(await isSigned('this', { ...proof, signature: broken })).toBe(false);
    }
    expect(await isSigned('this', { ...proof, key: 'AAAA' })).toBe(false);
  });

  it('has a key whose private part can not be read', async () => {
    const { privateKey } = await newKeyPair();
    await expect(crypto.subtle.exportKey('pkcs8', privateKey)).rejects.toThrow();
  });

  it('fits the limits of the wire', async () => {
    const proofs = new Proofs('call', 'ann', await Device.made());
    const proof = await proofs.sign('ben', sdp('AA'));
    expect(proof?.key).toMatch(/^[\w-]{87}$/);
    expect(proof?.signature).toMatch(/^[\w-]{86}$/);
  });
});

describe('two devices', () => {
  it('know each other, and have the same words on both sides', async () => {
    const [anns, bens] = [await Device.made(), await Device.made()];
    const [one, other] = [new Proofs('call', 'ann', anns), new Proofs('call', 'ben', bens)];
    const byAnn = await other.check(ann, sdp('AA'), await one.sign('ben', sdp('AA')));
    const byBen = await one.check(
      { session: 'ben', device: 'bens' },
      sdp('BB'),
      await other.sign('ann', sdp('BB')),
    );
    expect(byAnn.state).toBe('verified');
    expect(byAnn.words).toMatch(/^\d{5}( \d{5}){4}$/);
    expect(byBen).toEqual(byAnn);
    expect(bens.met.size).toBe(1);
  });

  it('have other words than any other two', async () => {
    const keys = await Promise.all([1, 2, 3].map(async () => deviceKey(await newKeyPair())));
    const [a = '', b = '', c = ''] = keys.map(({ key }) => key);
    expect(await verificationWords(a, b)).toBe(await verificationWords(b, a));
    expect(await verificationWords(a, b)).not.toBe(await verificationWords(a, c));
  });

  it('refuse what was signed for another call, another one, or another fingerprint', async () => {
    const [anns, bens] = [await Device.made(), await Device.made()];
    const here = new Proofs('call', 'ben', bens);
    const elsewhere = new Proofs('other', 'ann', anns);
    const one = new Proofs('call', 'ann', anns);
    for (const proof of [
      await elsewhere.sign('ben', sdp('AA')),
      await one.sign('cem', sdp('AA')),
      await one.sign('ben', sdp('CC')),
    ]) {
      expect(await here.check(ann, sdp('AA'), proof)).toEqual({ state: 'wrong', words: null });
    }
    expect(bens.met.size).toBe(0);
  });

  it('refuse a key that changed or went missing, until a person trusts it', async () => {
    const bens = await Device.made();
    const first = new Proofs('call', 'ann', await Device.made());
    await new Proofs('call', 'ben', bens).check(ann, sdp('AA'), await first.sign('ben', sdp('AA')));
    const later = new Proofs('later', 'ben', bens);
    const anew = new Proofs('later', 'ann', await Device.made());
    const proof = await anew.sign('ben', sdp('AA'));
    expect((await later.check(ann, sdp('AA'), proof)).state).toBe('wrong');
    expect((await later.check(ann, sdp('AA'), null)).state).toBe('wrong');
    await later.forget(ann);
    expect((await later.check(ann, sdp('AA'), proof)).state).toBe('verified');
  });

  it('may be without a key, and are called so', async () => {
    const keyless = new Proofs('call', 'ann', new Device(null));
    expect(await keyless.sign('ben', sdp('AA'))).toBeNull();
    const here = new Proofs('call', 'ben', await Device.made());
    expect(await here.check(ann, sdp('AA'), null)).toEqual({ state: 'unsigned', words: null });
    const signed = await new Proofs('call', 'ben', await Device.made()).sign('ann', sdp('BB'));
    const seen = await keyless.check({ session: 'ben', device: null }, sdp('BB'), signed);
    expect(seen).toEqual({ state: 'verified', words: null });
  });
});

describe('a call', () => {
  async function met(company: Company): Promise<void> {
    company.join('a', { camera: aTrack('camera') }, { identity: await Device.made() });
    company.join('b', { camera: aTrack('camera') }, { identity: await Device.made() });
    await expect
      .poll(() => {
        company.network.flow();
        return ['a', 'b'].map((each) => [...company.at(each).mesh.peers.values()][0]?.state);
      })
      .toEqual(['connected', 'connected']);
  }

  it('is verified, with the same words on both sides', async () => {
    const company = new Company(() => Promise.resolve());
    await met(company);
    const [a, b] = ['a', 'b'].map((each) => [...company.at(each).mesh.peers.values()][0]);
    expect(a?.verified?.state).toBe('verified');
    expect(a?.verified?.words).not.toBeNull();
    expect(b?.verified).toEqual(a?.verified);
    company.close();
  });

  it('refuses a server that puts its own fingerprint into what it carries', async () => {
    const company = new Company(() => Promise.resolve());
    company.tamper = (told) =>
      told.what === 'description'
        ? {
            what: 'description',
            description: {
              ...told.description,
              sdp: told.description.sdp.replace('sha-256 AA', 'sha-256 EE'),
            },
          }
        : told;
    const { mesh } = company.join('a', {}, { identity: await Device.made() });
    company.join('b', { camera: aTrack('camera') }, { identity: await Device.made() });
    await expect.poll(() => mesh.peers.get('b')?.why).toBe('notVerified');
    const view = mesh.peers.get('b');
    expect([view?.state, view?.verified?.state]).toEqual(['failed', 'wrong']);
    expect(view?.tracks.camera).toBeNull();
    expect(company.network.connections.some(({ isClosed }) => isClosed)).toBe(true);
    company.close();
    expect(company.clock.pending).toBe(0);
  });
});
