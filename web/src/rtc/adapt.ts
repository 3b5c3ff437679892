import type { Sample } from './samples';

/** What one sender of one peer is held to (W3C WebRTC §5.2.8, `RTCRtpEncodingParameters`). */
export interface SendingStep {
  /** Bits a second. */
  readonly maxBitrate: number;
  /** Frames a second. */
  readonly maxFramerate: number;
  /** How much smaller than the camera gives it: 1 is as it is, 2 half the width and height. */
  readonly scaleResolutionDownBy: number;
  /** What gives way last where the line is too narrow: motion (cameras), sharpness (screens). */
  readonly degradationPreference: 'maintain-framerate' | 'maintain-resolution';
}

/** What one sends now: each of them costs uplink once for every peer. */
export interface Sends {
  readonly camera: boolean;
  readonly screen: boolean;
}

/** Steps for a camera of 1280×720, from the best to the least. Pictures shrink, motion stays. */
export const CAMERA_STEPS: readonly SendingStep[] = [
  camera(1_500_000, 30, 1),
  camera(900_000, 30, 1.5),
  camera(500_000, 30, 2),
  camera(300_000, 20, 3),
  camera(150_000, 15, 4),
];

/** Steps for a screen: letters stay as they are to the last, motion gives way. */
export const SCREEN_STEPS: readonly SendingStep[] = [
  screen(2_500_000, 30),
  screen(1_500_000, 15),
  screen(900_000, 8),
  screen(500_000, 5),
  screen(250_000, 3),
];

const LAST = CAMERA_STEPS.length - 1;

/**
 * What all peers together may get of the uplink, in bits a second.
 *
 * Most lines of homes and offices carry this; a narrower one shows by its losses, and then each
 * peer gets less.
 */
export const UPLINK = 6_000_000;

/** Good samples in a row before a step up is tried: 10 s at one sample in two seconds. */
export const UP_AFTER = 5;

/** A step up that failed doubles the patience before the next, up to 16 times: about 2½ minutes. */
export const MOST_PATIENCE = UP_AFTER * 16;

/** A step up that held for this long was right, and patience is back at its beginning. */
export const PROVEN_AFTER = 30;

/** So often in a row: encoders and lines also seem too narrow while a call starts. */
const STRAINED_AFTER = 3;

/** How one peer is treated; `step` counts down the ladders. */
export interface Treatment {
  readonly step: number;
  /** Good samples in a row. */
  readonly calm: number;
  /** Good samples that the next step up needs. */
  readonly patience: number;
  /** Samples since the last step up; null where it was proven, or there was none. */
  readonly sinceUp: number | null;
  /** Samples in a row in which the processor or the line held the picture back. */
  readonly strained: number;
}

export const UNTREATED: Treatment = {
  step: 0,
  calm: 0,
  patience: UP_AFTER,
  sinceUp: null,
  strained: 0,
};

/**
 * The treatment after one more sample: down at once, up slowly, and ever more slowly where up failed.
 *
 * `floor` is the step that the number of peers allows (`sharedStep`): better is not tried.
 */
export function treat(before: Treatment, sample: Sample, floor: number, sends: Sends): Treatment {
  const step = Math.max(before.step, floor);
  const sinceUp = before.sinceUp === null ? null : before.sinceUp + 1;
  const proven = sinceUp !== null && sinceUp >= PROVEN_AFTER;
  const strained = isStrained(sample, cost(step, sends)) ? before.strained + 1 : 0;
  const down = stepsDown(sample) || (strained >= STRAINED_AFTER ? 1 : 0);
  if (down > 0) {
    const failed = sinceUp !== null && !proven;
    return {
      step: Math.min(LAST, step + down),
      calm: 0,
      patience: failed ? Math.min(MOST_PATIENCE, before.patience * 2) : before.patience,
      sinceUp: null,
      strained: 0,
    };
  }
  const calm = isCalm(sample) ? before.calm + 1 : 0;
  const patience = proven ? UP_AFTER : before.patience;
  if (calm >= patience && step > floor && carries(sample, cost(step - 1, sends))) {
    return { step: step - 1, calm: 0, patience, sinceUp: 0, strained };
  }
  return { step, calm, patience, sinceUp: proven ? null : sinceUp, strained };
}

/** How many steps the losses of a sample ask to go down at once. */
function stepsDown({ outgoing: { loss } }: Sample): number {
  if (loss === null || loss < 0.08) return 0;
  return loss >= 0.2 ? 2 : 1;
}

/** Whether the processor is busy, or the line carries less than half of the step. */
function isStrained({ outgoing }: Sample, wanted: number): boolean {
  const { available, limited } = outgoing;
  if (limited === 'cpu') return true;
  return limited === 'bandwidth' && available !== null && available < wanted / 2;
}

function isCalm({ outgoing, roundTripMs }: Sample): boolean {
  return (outgoing.loss ?? 0) < 0.02 && (roundTripMs ?? 0) < 600 && outgoing.limited !== 'cpu';
}

/** Whether the way seems to carry a step. Its estimate stops growing a little above what is sent. */
function carries({ outgoing }: Sample, wanted: number): boolean {
  const { available, limited } = outgoing;
  return limited !== 'bandwidth' || available === null || available >= wanted;
}

/** The best step at which all peers together stay within the uplink. */
export function sharedStep(peers: number, sends: Sends): number {
  for (let step = 0; step < LAST; step += 1) {
    if (peers * cost(step, sends) <= UPLINK) return step;
  }
  return LAST;
}

/** What a peer is sent at a step: cut once more where even the last is too much for so many. */
export function stepsAt(
  step: number,
  peers: number,
  sends: Sends,
): { readonly camera: SendingStep; readonly screen: SendingStep } {
  const shared = Math.max(step, sharedStep(peers, sends));
  const all = peers * cost(shared, sends);
  const cut = all > UPLINK ? UPLINK / all : 1;
  return {
    camera: narrowed(CAMERA_STEPS[shared], cut),
    screen: narrowed(SCREEN_STEPS[shared], cut),
  };
}

function cost(step: number, sends: Sends): number {
  const camera = sends.camera ? (CAMERA_STEPS[step]?.maxBitrate ?? 0) : 0;
  const screen = sends.screen ? (SCREEN_STEPS[step]?.maxBitrate ?? 0) : 0;
  return camera + screen;
}

function narrowed(step: SendingStep | undefined, cut: number): SendingStep {
  const known = step ?? camera(150_000, 15, 4);
  return cut === 1 ? known : { ...known, maxBitrate: Math.floor(known.maxBitrate * cut) };
}

function camera(maxBitrate: number, maxFramerate: number, scale: number): SendingStep {
  return {
    maxBitrate,
    maxFramerate,
    scaleResolutionDownBy: scale,
    degradationPreference: 'maintain-framerate',
  };
}

function screen(maxBitrate: number, maxFramerate: number): SendingStep {
  return {
    maxBitrate,
    maxFramerate,
    scaleResolutionDownBy: 1,
    degradationPreference: 'maintain-resolution',
  };
}
