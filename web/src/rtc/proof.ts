import type { Proof } from '../protocol/generated';
import { fingerprints } from './descriptions';
import type { Verified } from './view';

/** A device's key (ECDSA P-256): its public part, and what it alone can do. */
export interface DeviceKey {
  /** Raw public key, base64url. */
  readonly key: string;
  sign(text: string): Promise<string>;
}

/** This device's key, and which key each other device had when we first met it. */
export interface Identity {
  /** Null where this device can't keep one. */
  own(): Promise<DeviceKey | null>;
  keyOf(device: string): Promise<string | null>;
  /** Without a key the device is forgotten. */
  remember(device: string, key: string | null): Promise<void>;
}

/** Whose description it is said to be. */
export interface Signer {
  readonly session: string;
  readonly device: string | null;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' } as const;

/** What is signed (`contracts.signaling.Proof`): a description's fingerprints, and who meets whom. */
export function statement(call: string, from: string, to: string, sdp: string): string {
  return [call, from, to, ...fingerprints(sdp)].join(' ');
}

/** A device's key of a WebCrypto key pair. */
export async function deviceKey(pair: CryptoKeyPair): Promise<DeviceKey> {
  const raw = await crypto.subtle.exportKey('raw', pair.publicKey);
  return {
    key: base64url(new Uint8Array(raw)),
    async sign(text) {
      const bytes = new TextEncoder().encode(text);
      return base64url(new Uint8Array(await crypto.subtle.sign(SIGNATURE, pair.privateKey, bytes)));
    },
  };
}

/** A new pair whose private part no script can read. */
export function newKeyPair(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(ALGORITHM, false, ['sign', 'verify']);
}

/** Whether the holder of the key signed the text; false for what is no key or no signature. */
export async function isSigned(text: string, { key, signature }: Proof): Promise<boolean> {
  const raw = unbase64url(key);
  const signed = unbase64url(signature);
  if (raw === null || signed === null) return false;
  try {
    const usages: KeyUsage[] = ['verify'];
    const publicKey = await crypto.subtle.importKey('raw', raw, ALGORITHM, false, usages);
    return await crypto.subtle.verify(SIGNATURE, publicKey, signed, new TextEncoder().encode(text));
  } catch {
    return false;
  }
}

/**
 * What two people read to each other: the same on both sides, whoever computes it. Five groups of
 * five digits are 83 bits of a hash of both keys, too many to hit by trying keys.
 */
export async function verificationWords(oneKey: string, otherKey: string): Promise<string> {
  const text = `parley call ${[oneKey, otherKey].sort().join(' ')}`;
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  const view = new DataView(digest);
  const groups = Array.from({ length: 5 }, (_, index) =>
    String(Number(view.getBigUint64(index * 6) >> 16n) % 100_000).padStart(5, '0'),
  );
  return groups.join(' ');
}

/**
 * Signs our descriptions of one call and checks those of others, so that the server, which carries
 * them, can't put itself between two devices unseen.
 */
export class Proofs {
  readonly #call: string;
  readonly #me: string;
  readonly #identity: Identity;
  /** The key that each session of this call signed with. */
  readonly #met = new Map<string, string>();

  constructor(call: string, me: string, identity: Identity) {
    this.#call = call;
    this.#me = me;
    this.#identity = identity;
  }

  get call(): string {
    return this.#call;
  }

  async sign(to: string, sdp: string): Promise<Proof | null> {
    const own = await this.#identity.own();
    if (own === null) return null;
    const text = statement(this.#call, this.#me, to, sdp);
    return { key: own.key, signature: await own.sign(text) };
  }

  /**
   * Whether a device's description is its own. Who signed once signs always: a key that changes or
   * goes missing is as wrong as a signature that does not fit.
   */
  async check(from: Signer, sdp: string, proof: Proof | null): Promise<Verified> {
    const expected = await this.#expected(from);
    if (proof === null) {
      if (expected !== null) return { state: 'wrong', words: null };
      return { state: 'unsigned', words: null };
    }
    const isWrong =
      (expected !== null && expected !== proof.key) ||
      !(await isSigned(statement(this.#call, from.session, this.#me, sdp), proof));
    if (isWrong) return { state: 'wrong', words: null };
    this.#met.set(from.session, proof.key);
    if (expected === null && from.device !== null) {
      await this.#identity.remember(from.device, proof.key);
    }
    const own = await this.#identity.own();
    const words = own === null ? null : await verificationWords(own.key, proof.key);
    return { state: 'verified', words };
  }

  /** A person says that a device's new key is right: the next one that it shows is its own. */
  async forget({ session, device }: Signer): Promise<void> {
    this.#met.delete(session);
    if (device !== null) await this.#identity.remember(device, null);
  }

  async #expected({ session, device }: Signer): Promise<string | null> {
    const met = this.#met.get(session) ?? null;
    if (met !== null || device === null) return met;
    return this.#identity.keyOf(device);
  }
}

function base64url(bytes: Uint8Array): string {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function unbase64url(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    return Uint8Array.from(binary, (char) => char.charCodeAt(0));
  } catch {
    return null;
  }
}
