import type * as wire from '../protocol/generated';
import { Refused } from '../protocol/refused';
import type { Connection } from './ports';

/** Where the person is signed in. */
export class DevicesModel {
  #devices = $state.raw<readonly wire.DeviceInfo[] | null>(null);
  #refusal = $state.raw<Refused | null>(null);
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** `null` until they are loaded. */
  get list(): readonly wire.DeviceInfo[] | null {
    return this.#devices;
  }

  get refusal(): Refused | null {
    return this.#refusal;
  }

  async load(): Promise<void> {
    try {
      this.#devices = (await this.#connection.ask({ t: 'auth.devices' })).devices;
      this.#refusal = null;
    } catch (error) {
      if (error instanceof Refused) this.#refusal = error;
    }
  }

  async signOut(device: string): Promise<void> {
    await this.#connection.ask({ t: 'auth.revoke_device', device });
    this.#devices = this.#devices?.filter((known) => known.device !== device) ?? null;
  }

  forgetAll(): void {
    this.#devices = null;
    this.#refusal = null;
  }
}
