import { browserParts } from '../../../src/rtc/browser';
import type { Told } from '../../../src/rtc/line';
import { Mesh } from '../../../src/rtc/mesh';
import { deviceKey, newKeyPair, type Identity } from '../../../src/rtc/proof';
import { NOTHING, type Sending } from '../../../src/rtc/sending';

/** One in a call within the page, with a key and the browser's fake devices of their own. */
export class Person {
  readonly mesh: Mesh;
  readonly connections: RTCPeerConnection[] = [];
  readonly complaints: string[] = [];
  offers = 0;
  #sending: Sending = NOTHING;
  #screen: HTMLCanvasElement | null = null;

  constructor(
    readonly session: string,
    readonly identity: Identity,
    relay: (to: string, told: Told) => Promise<void>,
  ) {
    const parts = browserParts((to, told) => {
      if (told.what === 'description' && told.description.type === 'offer') this.offers += 1;
      return relay(to, told);
    }, identity);
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

  /** The most m-lines that one of the connections has. */
  get lines(): number {
    return Math.max(...this.connections.map((each) => each.getTransceivers().length));
  }

  /** The first camera or the last one: between them Chromium has a fake one that stalls at times. */
  async openCamera(which: 0 | 1): Promise<void> {
    const devices = await navigator.mediaDevices.enumerateDevices();
    const cameras = devices.filter(({ kind }) => kind === 'videoinput');
    const deviceId = cameras.at(-which)?.deviceId ?? '';
    const video = { deviceId: { exact: deviceId }, width: 320, height: 240 };
    const stream = await navigator.mediaDevices.getUserMedia({ video });
    const before = this.#sending.camera;
    this.send({ camera: stream.getVideoTracks()[0] ?? null });
    before?.stop();
  }

  async openMicrophone(): Promise<void> {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    this.send({ microphone: stream.getAudioTracks()[0] ?? null });
  }

  /** A canvas that changes is a screen as good as any, and needs no desktop. */
  share(on: boolean): void {
    this.#sending.screen?.stop();
    this.send({ screen: on ? this.#capture() : null });
  }

  send(change: Partial<Sending>): void {
    this.#sending = { ...this.#sending, ...change };
    this.mesh.send(this.#sending);
  }

  /** How many frames of another one's picture were decoded until now. */
  async frames(of: string): Promise<number> {
    const report = await this.mesh.stats(of);
    let frames = 0;
    report?.forEach((stats: { type: string; framesDecoded?: number }) => {
      if (stats.type === 'inbound-rtp') frames += stats.framesDecoded ?? 0;
    });
    return frames;
  }

  /** The width of another one's picture as it is drawn. */
  async width(of: string): Promise<number> {
    const track = this.mesh.peers.get(of)?.tracks.camera;
    if (!track) return 0;
    const video = document.createElement('video');
    video.muted = true;
    video.srcObject = new MediaStream([track]);
    await video.play();
    return video.videoWidth;
  }

  close(): void {
    this.mesh.close();
    for (const track of Object.values(this.#sending)) track?.stop();
  }

  #capture(): MediaStreamTrack | null {
    this.#screen ??= draw();
    return this.#screen.captureStream(10).getVideoTracks()[0] ?? null;
  }
}

/** The key of a device of its own, and its memory. */
export async function someDevice(): Promise<Identity> {
  const key = await deviceKey(await newKeyPair());
  const met = new Map<string, string>();
  return {
    own: () => Promise.resolve(key),
    keyOf: (device) => Promise.resolve(met.get(device) ?? null),
    remember: (device, known) => {
      if (known === null) met.delete(device);
      else met.set(device, known);
      return Promise.resolve();
    },
  };
}

function draw(): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d');
  let step = 0;
  setInterval(() => {
    step += 1;
    context?.fillRect(0, 0, step % 200, 100);
  }, 50);
  return canvas;
}
