import type { Told } from '../../src/rtc/line';
import type { Network } from './network';
import { aTrack } from './company';
import { scriptedStream } from './scripted_media';
import type { ScriptedConnection } from './scripted';

const immediately = (): Promise<void> => Promise.resolve();

/**
 * A peer like those built on aiortc: it answers offers and makes one, puts all into descriptions,
 * can't restart ICE, and meets another fingerprint with a new connection. It names no offer in its
 * answers.
 */
export class StillPeer {
  connection: ScriptedConnection;
  readonly camera = aTrack('camera');
  readonly #network: Network;
  readonly #tell: (told: Told) => void;
  #other: string | null = null;

  constructor(network: Network, tell: (told: Told) => void) {
    this.#network = network;
    this.#tell = tell;
    this.connection = this.#connect();
  }

  async offer(): Promise<void> {
    this.connection.addTrack(this.camera, scriptedStream('still'));
    await this.connection.setLocalDescription();
    this.#tellDescription();
  }

  async take(told: Told): Promise<void> {
    if (told.what === 'candidate') {
      await this.connection.addIceCandidate(told.candidate).catch(() => undefined);
    }
    if (told.what !== 'description') return;
    const { type, sdp } = told.description;
    const maker = /a=fingerprint:(.*)/.exec(sdp)?.[1] ?? '';
    if (this.#other !== null && maker !== this.#other) {
      this.connection.close();
      this.connection = this.#connect();
    }
    this.#other = maker;
    await this.connection.setRemoteDescription({ type, sdp });
    if (type === 'answer') return;
    const isSent = this.connection.getTransceivers().some(({ sender }) => sender.track !== null);
    if (!isSent) this.connection.addTrack(this.camera, scriptedStream('still'));
    await this.connection.setLocalDescription();
    this.#tellDescription();
  }

  #connect(): ScriptedConnection {
    return this.#network.connect(immediately, false);
  }

  #tellDescription(): void {
    const local = this.connection.localDescription;
    if (local?.type !== 'offer' && local?.type !== 'answer') return;
    const { type, sdp = '' } = local;
    this.#tell({ what: 'description', description: { type, sdp, proof: null } });
  }
}
