import { Devices } from '../../media/devices';
import { Choices, type Memory } from '../../media/remembered';
import { testPicture } from '../../media/test_picture';
import { troubleOf } from '../../media/trouble';
import { reach } from '../../net/reach';
import { browserSocket, socketUrl } from '../../net/socket';
import { bounded } from '../../rtc/probes/bounded';
import { probeMedia } from '../../rtc/probes/media';
import type { ProbeParts } from '../../rtc/probes/pair';
import { probeStun } from '../../rtc/probes/stun';
import { probeTurn } from '../../rtc/probes/turn';
import type { Probes } from '../doctor.svelte';
import type { Connection } from '../ports';
import { VERSION } from '../version';

/** The browser asks the person, who may need a moment to find the question. */
const ANSWER_MS = 45_000;

/** The checks, wired for the browser. */
export function browserProbes(
  window: Window & typeof globalThis,
  connection: Connection,
  memory: Memory,
  isSignedIn: () => boolean,
): Probes {
  const now = (): number => window.performance.now();
  const parts: ProbeParts = {
    connect: (configuration) => new window.RTCPeerConnection(configuration),
    now,
  };
  return {
    socket: (signal) => reach(browserSocket(socketUrl(window.location)), now, signal),
    iceServers: () =>
      isSignedIn()
        ? connection.ask({ t: 'signaling.ice_servers' }).then(({ servers }) => servers)
        : null,
    stun: (servers, signal) => probeStun(parts, servers, signal),
    turn: (servers, signal) => probeTurn(parts, servers, signal),
    media: async (signal) => {
      const picture = testPicture(window.document);
      if (picture === null) return null;
      try {
        return await probeMedia(parts, picture.track, signal);
      } finally {
        picture.stop();
      }
    },
    device: (kind, signal) => tryDevice(window, memory, kind, signal),
    version: VERSION,
    browser: window.navigator.userAgent,
    now: () => Date.now(),
  };
}

/** Opens the device that a call would take, and closes it at once. */
async function tryDevice(
  window: Window & typeof globalThis,
  memory: Memory,
  kind: 'microphone' | 'camera',
  signal: AbortSignal,
): ReturnType<Probes['device']> {
  const devices = new Devices({
    // Missing on a page over plain http, whatever the types say.
    browser: window.navigator.mediaDevices as MediaDevices | undefined,
    secure: window.isSecureContext,
    choices: new Choices(memory),
    permission: () => Promise.resolve(null),
  });
  try {
    const opening = kind === 'microphone' ? devices.openMicrophone() : devices.openCamera();
    let gaveUp = false;
    const track = await bounded<MediaStreamTrack | 'late' | Error>(
      ANSWER_MS,
      signal,
      () => {
        gaveUp = true;
        return 'late';
      },
      (done) => {
        opening.then(
          (opened) => {
            // The answer came after all: what it opened is nobody's.
            if (gaveUp) opened.stop();
            else done(opened);
          },
          (error: unknown) => {
            done(troubleOf(kind, error));
          },
        );
      },
    );
    if (track === 'late') return 'late';
    if (track instanceof Error) return troubleOf(kind, track).trouble;
    track.stop();
    return null;
  } finally {
    devices.close();
  }
}
