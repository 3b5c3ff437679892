import { hasOneCamera, type Family } from '../../media/browser_family';
import { speechProcessing, type Facing, type Processing } from '../../media/constraints';
import type { DeviceLists, Devices, Opened } from '../../media/devices';
import type { EchoTest } from '../../media/echo';
import type { Choices } from '../../media/remembered';
import type { Ears } from '../../media/sound';
import { DeviceTrouble, type Kind } from '../../media/trouble';
import { Listeners } from '../../net/listeners';
import type { Sending } from '../../rtc/sending';
import { CaptureModel } from './capture.svelte';
import { DeviceChoices } from './device_choices.svelte';
import type { DeviceNotice } from './device_words';
import { EchoTestModel } from './echo_test.svelte';
import { OwnVoice } from './own_voice.svelte';
import { SharedScreen } from './shared_screen.svelte';

export type { Family } from '../../media/browser_family';
export type { Processing } from '../../media/constraints';
export type { Device, DeviceLists, DeviceTrouble, Kind, Trouble } from '../../media/devices';

/** Who needs the devices; they close when nobody does. */
export type DeviceUser = 'call' | 'settings';

export interface LocalMediaParts {
  readonly devices: Devices;
  readonly choices: Choices;
  readonly ears: Ears;
  readonly family: Family;
  /** Sound can be sent to a chosen loudspeaker (`setSinkId`). */
  readonly hasSpeakerChoice: boolean;
  readonly now: () => number;
  readonly say: (notice: DeviceNotice) => void;
  readonly echoTest: (microphone: MediaStreamTrack, speaker: string) => EchoTest;
  /** Calls back when the person has changed what the page may use. */
  readonly onPermission: (listener: () => void) => void;
}

/**
 * What one has and sends in a call: microphone, camera, screen, the raised hand.
 *
 * Nothing here throws: what goes wrong stands in `trouble`. Quick changes of mind are safe: the
 * last wish of each kind wins, and no device stays open that nobody sees.
 */
export class LocalMediaModel {
  #unmuted = $state(true);
  #cameraWanted = $state(true);
  #hand = $state(false);
  #processing: Processing = $state.raw(speechProcessing);
  readonly #parts: LocalMediaParts;
  readonly #choices: DeviceChoices;
  readonly #microphone: CaptureModel;
  readonly #camera: CaptureModel;
  readonly #screen: SharedScreen;
  readonly #voice: OwnVoice;
  readonly #listeners = new Listeners<Sending>();
  readonly #users = new Set<DeviceUser>();

  constructor(parts: LocalMediaParts) {
    const { devices, choices, ears, family, now, say } = parts;
    this.#parts = parts;
    this.#unmuted = choices.on('microphone');
    this.#cameraWanted = choices.on('camera');
    this.#processing = choices.processing;
    this.#choices = new DeviceChoices(devices, say);
    this.#voice = new OwnVoice(ears, now, () => this.muted);
    const capture = { devices, choices: this.#choices, now, say };
    this.#microphone = new CaptureModel('microphone', {
      ...capture,
      oneAtATime: false,
      changed: (track) => {
        if (track !== null) track.enabled = this.#unmuted;
        this.#voice.hear(track);
        this.#tell();
      },
    });
    this.#camera = new CaptureModel('camera', {
      ...capture,
      oneAtATime: hasOneCamera(family),
      changed: () => {
        this.#tell();
      },
    });
    this.#screen = new SharedScreen(devices, () => {
      this.#tell();
    });
    devices.onChange((lists) => {
      const before = this.#choices.take(lists);
      void this.#microphone.plugged(before, lists);
      void this.#camera.plugged(before, lists);
    });
    parts.onPermission(() => {
      this.#microphone.permitted();
      this.#camera.permitted();
    });
  }

  // ---- what there is ----------------------------------------------------------------------

  get microphone(): MediaStreamTrack | null {
    return this.#microphone.track;
  }

  get camera(): MediaStreamTrack | null {
    return this.#camera.track;
  }

  get screen(): MediaStreamTrack | null {
    return this.#screen.video;
  }

  get screenAudio(): MediaStreamTrack | null {
    return this.#screen.audio;
  }

  /** Nobody hears you: muted, or without a microphone. */
  get muted(): boolean {
    return !this.#unmuted || this.#microphone.track === null;
  }

  /** The camera runs, or is about to. */
  get cameraOn(): boolean {
    return this.#camera.track !== null || this.#camera.asking;
  }

  get handUp(): boolean {
    return this.#hand;
  }

  /** The browser waits for the person's answer, or for a device to start. */
  get asking(): Readonly<Record<'microphone' | 'camera' | 'screen', boolean>> {
    return {
      microphone: this.#microphone.asking,
      camera: this.#camera.asking,
      screen: this.#screen.asking,
    };
  }

  /** Why something is not there that one wants. */
  get trouble(): Readonly<Record<'microphone' | 'camera' | 'screen', DeviceTrouble | null>> {
    return {
      microphone: this.#microphone.trouble,
      camera: this.#camera.trouble,
      screen: this.#screen.trouble,
    };
  }

  /** 0 to 1: how loud one's microphone is, muted or not. */
  get level(): number {
    return this.#voice.level;
  }

  get speaking(): boolean {
    return this.#voice.speaks;
  }

  get speakingWhileMuted(): boolean {
    return this.#voice.speaksMuted;
  }

  get lists(): DeviceLists {
    return this.#choices.lists;
  }

  /** The id of the device in use, else of the chosen; `null` for the system's choice. */
  inUse(kind: Kind): string | null {
    const open = kind === 'speaker' ? null : this.#capture(kind).device;
    return open ?? this.#choices.chosen(kind);
  }

  /** The loudspeaker for `setSinkId`; '' is the system's choice. */
  get speaker(): string {
    return this.#choices.chosen('speaker') ?? '';
  }

  get canChooseSpeaker(): boolean {
    return this.#parts.hasSpeakerChoice && this.lists.speaker.some((device) => device.id !== '');
  }

  get canShareScreen(): boolean {
    return this.#parts.devices.canShareScreen;
  }

  /** A phone with a camera on each side. */
  get canFlip(): boolean {
    return hasOneCamera(this.#parts.family) && this.lists.camera.length > 1;
  }

  /** One's own picture is shown as in a mirror, unless the camera looks away from the person. */
  get mirrored(): boolean {
    return this.#camera.track?.getSettings().facingMode !== 'environment';
  }

  get processing(): Processing {
    return this.#processing;
  }

  get family(): Family {
    return this.#parts.family;
  }

  sending(): Sending {
    const { microphone, camera, screen, screenAudio } = this;
    return { microphone, camera, screen, screenAudio };
  }

  /** Told when a track, the muting or the hand changes. The answer stops the telling. */
  onSending(listener: (sending: Sending) => void): () => void {
    return this.#listeners.add(listener);
  }

  // ---- what one does ----------------------------------------------------------------------

  /**
   * Opens what one had on the last time; the microphone also when muted, for its meter. Resolves
   * when each is open or in trouble.
   */
  async openAll(user: DeviceUser = 'call'): Promise<void> {
    this.#users.add(user);
    const { devices } = this.#parts;
    await devices.refresh();
    if (!this.#users.has(user)) return;
    const [microphone, camera] = [this.#microphone, this.#camera];
    const wantsCamera = this.#cameraWanted && camera.isClosed;
    if (wantsCamera && microphone.isIdle && camera.isIdle) {
      const opening = devices.openBoth();
      await Promise.all([
        microphone.want(async () => trackOf((await opening).microphone)),
        camera.want(async () => trackOf((await opening).camera)),
      ]);
      return;
    }
    await Promise.all([microphone.isClosed && microphone.want(), wantsCamera && camera.want()]);
  }

  /** Reads which devices there are, and opens none. */
  look(): Promise<void> {
    return this.#parts.devices.refresh();
  }

  /** Mutes or unmutes; without a microphone it tries to open one, and answers why it did not. */
  async setMicrophone(on: boolean): Promise<DeviceTrouble | null> {
    this.#unmuted = on;
    this.#parts.choices.setOn('microphone', on);
    const track = this.#microphone.track;
    if (track !== null) track.enabled = on;
    this.#tell();
    return on && this.#microphone.isClosed ? this.#microphone.want() : null;
  }

  /** Off closes the device: its light goes out. Answers why it did not open. */
  async setCamera(on: boolean): Promise<DeviceTrouble | null> {
    this.#cameraWanted = on;
    this.#parts.choices.setOn('camera', on);
    if (!on) this.#camera.drop();
    return on && this.#camera.isClosed ? this.#camera.want() : null;
  }

  /** Goes without the devices that are in trouble, until one turns them on. */
  settleForWhatThereIs(): void {
    if (this.#camera.trouble !== null) {
      this.#cameraWanted = false;
      this.#camera.drop();
    }
    if (this.#microphone.trouble !== null) {
      this.#unmuted = false;
      this.#microphone.drop();
    }
  }

  /** Closes both, and leaves what one had on the last time as it was for the next. */
  onlyListen(): void {
    this.#cameraWanted = this.#unmuted = false;
    this.#camera.drop();
    this.#microphone.drop();
  }

  setHand(up: boolean): void {
    this.#hand = up;
    this.#tell();
  }

  /**
   * Shares a screen, another one, or none; a picker that is closed changes nothing. Answers why
   * the browser gave none.
   */
  async shareScreen(on: boolean): Promise<DeviceTrouble | null> {
    if (on) return this.#screen.share();
    this.#screen.stop();
    return null;
  }

  /** Uses this device from now on and the next time; `null` leaves it to the system. */
  async choose(kind: Kind, id: string | null): Promise<void> {
    if (kind === 'speaker') this.#choices.choose(kind, id);
    else await this.#capture(kind).choose(id);
  }

  /** Tries again what is in trouble. */
  async retry(kind: 'microphone' | 'camera'): Promise<void> {
    if (this.#capture(kind).isClosed) await this.#capture(kind).want();
  }

  /** The camera on the other side of a phone. */
  async flipCamera(): Promise<void> {
    const other: Facing = this.mirrored ? 'environment' : 'user';
    await this.#camera.want(() => this.#parts.devices.openCamera(other));
    const { device } = this.#camera;
    if (device !== null && device !== '') this.#choices.choose('camera', device);
  }

  async setProcessing(processing: Processing): Promise<void> {
    this.#processing = processing;
    this.#parts.choices.processing = processing;
    await this.#microphone.reopen();
  }

  openEchoTest(): EchoTestModel {
    return new EchoTestModel(
      () => this.microphone && this.#parts.echoTest(this.microphone, this.speaker),
    );
  }

  /** Closes everything that nobody else uses. */
  release(user: DeviceUser = 'call'): void {
    this.#users.delete(user);
    if (user === 'call') {
      this.#hand = false;
      this.#screen.stop();
    }
    if (this.#users.size > 0) return;
    this.#microphone.drop();
    this.#camera.drop();
  }

  #capture(kind: 'microphone' | 'camera'): CaptureModel {
    return kind === 'microphone' ? this.#microphone : this.#camera;
  }

  #tell(): void {
    this.#listeners.tell(this.sending());
  }
}

function trackOf(opened: Opened): MediaStreamTrack {
  if (opened instanceof DeviceTrouble) throw opened;
  return opened;
}
