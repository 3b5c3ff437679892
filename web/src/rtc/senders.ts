import type { Connection, Sender, Transceiver } from './connection';
import {
  hintFor,
  isOfScreen,
  kindOf,
  MICROPHONE_BITS,
  NOTHING,
  SCREEN_AUDIO_BITS,
  SLOTS,
  type Sending,
  type SendingStep,
  type Slot,
} from './sending';
import { Alarm, type Timer } from './timer';

/**
 * A camera that was off this long is taken out of the descriptions, so that the other side sees it
 * go; until then it comes back without a new offer.
 */
export const OFF_MS = 2_000;

/** From the first whole picture after a cut to the second one. */
const AGAIN_MS = 750;

const PICTURES = ['camera', 'screen'] as const satisfies readonly Slot[];

/** The two streams of a call: by them the other side tells a screen from a camera. */
export interface Streams {
  readonly person: MediaStream;
  readonly screen: MediaStream;
}

/**
 * What one connection sends. Each slot has one m-line, from its first track to the end of the
 * connection: it is switched by `replaceTrack`, and turned off and on by its direction.
 */
export class Senders {
  readonly #connection: Connection;
  readonly #streams: Streams;
  readonly #complain: (error: unknown) => void;
  readonly #off: Alarm;
  readonly #again: Alarm;
  readonly #lines = new Map<Slot, Transceiver>();
  readonly #sent = new Set<Transceiver>();
  readonly #steps = new Map<Slot, SendingStep>();
  readonly #current = new Map<Slot, MediaStreamTrack | null>();
  #wanted: Sending = NOTHING;
  #isOpen = false;
  #isClosed = false;
  #adapting: Promise<void> = Promise.resolve();

  constructor(
    connection: Connection,
    streams: Streams,
    timer: Timer,
    complain: (error: unknown) => void,
  ) {
    this.#connection = connection;
    this.#streams = streams;
    this.#complain = complain;
    this.#off = new Alarm(timer);
    this.#again = new Alarm(timer);
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /**
   * Begins to send. The one who offers makes places for a microphone and a camera, too, so that
   * the other one's come with the answer, and there is always something to negotiate.
   */
  open(withPlaces: boolean): void {
    if (this.#isOpen || this.#isClosed) return;
    this.#isOpen = true;
    this.#follow();
    if (!withPlaces) return;
    for (const kind of ['audio', 'video'] as const) {
      const has = this.#connection
        .getTransceivers()
        .some(({ receiver }) => receiver.track.kind === kind);
      if (!has) this.#connection.addTransceiver(kind, { direction: 'recvonly' });
    }
  }

  /** What is to be sent from now on. */
  set(sending: Sending): void {
    this.#wanted = sending;
    if (this.#isOpen && !this.#isClosed) this.#follow();
  }

  /** How a picture is to be sent from now on. */
  adapt(slot: 'camera' | 'screen', step: SendingStep): void {
    this.#steps.set(slot, step);
    this.#apply(slot);
  }

  /** Some browsers know their encodings only after a negotiation. */
  settled(): void {
    for (const [slot, line] of this.#lines) {
      if (line.currentDirection?.startsWith('send') === true) this.#sent.add(line);
      this.#apply(slot);
    }
  }

  /**
   * Whole pictures, for who had none for a while: browsers ask for one every 3 seconds. Twice,
   * since who hears by a new way may still send by the one that was lost.
   */
  refresh(): void {
    const send = (): void => {
      for (const slot of PICTURES) this.#queue(slot, sendWhole);
    };
    send();
    this.#again.set(AGAIN_MS, send);
  }

  close(): void {
    this.#isClosed = true;
    this.#off.clear();
    this.#again.clear();
  }

  #follow(): void {
    for (const slot of SLOTS) {
      const track = this.#wanted[slot];
      if (track !== null && track.contentHint === '') track.contentHint = hintFor(slot);
      const line = this.#lineOf(slot);
      if (line !== null) this.#turn(slot, line, track);
      else if (track !== null) this.#add(slot, track);
    }
    if (this.#isAnyOff())
      this.#off.set(OFF_MS, () => {
        this.#silence();
      });
    else this.#off.clear();
  }

  #lineOf(slot: Slot): Transceiver | null {
    const line = this.#lines.get(slot);
    if (line?.direction !== 'stopped') return line ?? null;
    // The other side refused the m-line for good.
    this.#lines.delete(slot);
    this.#current.delete(slot);
    return null;
  }

  #add(slot: Slot, track: MediaStreamTrack): void {
    const stream = isOfScreen(slot) ? this.#streams.screen : this.#streams.person;
    const line = this.#lineFor(track, stream);
    if (line === undefined) return;
    this.#lines.set(slot, line);
    this.#current.set(slot, track);
    this.#apply(slot);
  }

  #lineFor(track: MediaStreamTrack, stream: MediaStream): Transceiver | undefined {
    // Off again before it was ever sent: `addTrack` would take it for free, and the other side is
    // not told when a track that it knows changes its stream.
    const isTaken = [...this.#lines.values()].some(
      (line) =>
        line.receiver.track.kind === track.kind &&
        line.sender.track === null &&
        !this.#sent.has(line),
    );
    if (isTaken) {
      return this.#connection.addTransceiver(track, { direction: 'sendrecv', streams: [stream] });
    }
    const sender = this.#connection.addTrack(track, stream);
    return this.#connection.getTransceivers().find((each) => each.sender === sender);
  }

  #turn(slot: Slot, line: Transceiver, track: MediaStreamTrack | null): void {
    if (this.#current.get(slot) !== track) {
      this.#current.set(slot, track);
      line.sender.replaceTrack(track).catch((error: unknown) => {
        if (!this.#isClosed) this.#complain(error);
      });
    }
    if (track !== null) sendOn(line);
    // A screen that is over leaves the stage at once.
    else if (isOfScreen(slot)) sendOff(line);
  }

  #isAnyOff(): boolean {
    return [...this.#lines].some(([slot, line]) => this.#wanted[slot] === null && sends(line));
  }

  #silence(): void {
    for (const [slot, line] of this.#lines) if (this.#wanted[slot] === null) sendOff(line);
  }

  #apply(slot: Slot): void {
    this.#queue(slot, (sender) => hold(sender, slot, this.#steps.get(slot) ?? null));
  }

  /** One after the other: parameters are only good for the next change. */
  #queue(slot: Slot, change: (sender: Sender) => Promise<void>): void {
    this.#adapting = this.#adapting.then(async () => {
      const sender = this.#lines.get(slot)?.sender;
      if (sender === undefined || this.#isClosed) return;
      try {
        // A negotiation may change the parameters between reading and setting them.
        await change(sender).catch(() => change(sender));
      } catch (error) {
        if (!this.#isClosed && !isOutdated(error)) this.#complain(error);
      }
    });
  }
}

/** Then the end of that negotiation sets them. */
function isOutdated(error: unknown): boolean {
  const names = ['InvalidModificationError', 'InvalidStateError'];
  return error instanceof DOMException && names.includes(error.name);
}

function sends({ direction }: Transceiver): boolean {
  return direction === 'sendrecv' || direction === 'sendonly';
}

function sendOn(line: Transceiver): void {
  if (line.direction === 'recvonly') line.direction = 'sendrecv';
  else if (line.direction === 'inactive') line.direction = 'sendonly';
}

function sendOff(line: Transceiver): void {
  if (line.direction === 'sendrecv') line.direction = 'recvonly';
  else if (line.direction === 'sendonly') line.direction = 'inactive';
}

async function sendWhole(sender: Sender): Promise<void> {
  if (sender.track === null) return;
  const parameters = sender.getParameters();
  const encodingOptions = parameters.encodings.map(() => ({ keyFrame: true }));
  await sender.setParameters(parameters, { encodingOptions });
}

/** Holds a sender to a step; what it has already is not set again. */
async function hold(sender: Sender, slot: Slot, step: SendingStep | null): Promise<void> {
  const parameters = sender.getParameters();
  const encoding = parameters.encodings[0];
  if (encoding === undefined) return;
  const wanted: Partial<RTCRtpEncodingParameters> =
    kindOf(slot) === 'audio'
      ? { maxBitrate: slot === 'microphone' ? MICROPHONE_BITS : SCREEN_AUDIO_BITS }
      : step === null
        ? {}
        : {
            maxBitrate: step.maxBitrate,
            maxFramerate: step.maxFramerate,
            scaleResolutionDownBy: step.scaleResolutionDownBy,
          };
  const preference = step?.degradationPreference;
  const keys = Object.keys(wanted) as (keyof RTCRtpEncodingParameters)[];
  if (
    keys.every((key) => encoding[key] === wanted[key]) &&
    (preference === undefined || parameters.degradationPreference === preference)
  ) {
    return;
  }
  Object.assign(encoding, wanted);
  if (preference !== undefined) parameters.degradationPreference = preference;
  await sender.setParameters(parameters);
}
