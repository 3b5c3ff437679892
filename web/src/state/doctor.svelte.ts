import type { DeviceTrouble } from '../media/trouble';
import type { Reach } from '../net/reach';
import type { IceServer } from '../protocol/generated';
import type { MediaAnswer } from '../rtc/probes/media';
import { addresses, stunServers, turnServers, type Transport } from '../rtc/probes/servers';
import type { StunAnswer } from '../rtc/probes/stun';
import type { TurnAnswer } from '../rtc/probes/turn';
import {
  CHECKS,
  UNCHECKED,
  verdictOn,
  type Check,
  type Outcome,
  type Outcomes,
  type Verdict,
} from './doctor/checks';
import { doctorReport } from './doctor/report';

export type { Check, Outcome, Outcomes, Verdict, Why } from './doctor/checks';

/** What the checks stand on: each does one thing, in bounded time, and leaves nothing open. */
export interface Probes {
  socket(signal: AbortSignal): Promise<Reach>;
  /** The servers that a call would use; null while nobody is signed in. */
  iceServers(): Promise<readonly IceServer[]> | null;
  stun(servers: RTCIceServer[], signal: AbortSignal): Promise<StunAnswer>;
  turn(servers: RTCIceServer[], signal: AbortSignal): Promise<TurnAnswer>;
  media(signal: AbortSignal): Promise<MediaAnswer | null>;
  /** Opens a device and closes it: null where that went well, or `late` where nobody answered. */
  device(
    kind: 'microphone' | 'camera',
    signal: AbortSignal,
  ): Promise<DeviceTrouble['trouble'] | 'late' | null>;
  readonly version: string;
  readonly browser: string;
  now(): number;
}

const transports = { turnUdp: 'udp', turnTcp: 'tcp', turnTls: 'tls' } as const satisfies Partial<
  Record<Check, Transport>
>;

/** Checks, one after the other, what a call needs of this browser, this network and this server. */
export class DoctorModel {
  #outcomes = $state.raw<Outcomes>(UNCHECKED);
  #running = $state(false);
  readonly #probes: Probes;
  #abort: AbortController | null = null;

  constructor(probes: Probes) {
    this.#probes = probes;
  }

  get outcomes(): Outcomes {
    return this.#outcomes;
  }

  get isRunning(): boolean {
    return this.#running;
  }

  /** What it all means; null until every check has come to something. */
  get verdict(): Verdict | null {
    const open = CHECKS.some((check) => /waiting|running/.test(this.#outcomes[check].at));
    return open ? null : verdictOn(this.#outcomes);
  }

  /** Runs all checks anew; one that is under way is called off. */
  async run(): Promise<void> {
    this.stop();
    const abort = new AbortController();
    this.#abort = abort;
    this.#running = true;
    this.#outcomes = UNCHECKED;
    let servers: readonly IceServer[] | 'locked' | 'unasked' | null = null;
    for (const check of CHECKS) {
      this.#note(check, { at: 'running' });
      if (check === 'stun') servers = await this.#servers();
      const outcome = await this.#check(check, servers ?? 'locked', abort.signal);
      if (this.#abort !== abort) return;
      this.#note(check, outcome);
    }
    this.#abort = null;
    this.#running = false;
  }

  /** Calls off what is under way: the page is left. */
  stop(): void {
    this.#abort?.abort();
    this.#abort = null;
    this.#running = false;
  }

  report(): string {
    const { version, browser } = this.#probes;
    return doctorReport({ version, browser, at: this.#probes.now() }, this.#outcomes);
  }

  async #servers(): Promise<readonly IceServer[] | 'locked' | 'unasked'> {
    try {
      return (await this.#probes.iceServers()) ?? 'locked';
    } catch {
      return 'unasked';
    }
  }

  async #check(
    check: Check,
    servers: readonly IceServer[] | 'locked' | 'unasked',
    signal: AbortSignal,
  ): Promise<Outcome> {
    try {
      switch (check) {
        case 'socket':
          return reached(await this.#probes.socket(signal));
        case 'stun':
        case 'turnUdp':
        case 'turnTcp':
        case 'turnTls':
          if (servers === 'locked') return { at: 'locked' };
          if (servers === 'unasked') return { at: 'failed', why: 'unasked' };
          return await this.#way(check, servers, signal);
        case 'media':
          return shown(await this.#probes.media(signal));
        case 'microphone':
        case 'camera':
          return opened(await this.#probes.device(check, signal));
        default:
          return check satisfies never;
      }
    } catch {
      // A browser without peer connections, or with a policy against them.
      return { at: 'failed', why: 'unsupported' };
    }
  }

  async #way(
    check: 'stun' | keyof typeof transports,
    servers: readonly IceServer[],
    signal: AbortSignal,
  ): Promise<Outcome> {
    if (check === 'stun') {
      const wanted = stunServers(servers);
      if (wanted.length === 0) return { at: 'absent' };
      // Each alone: one that answers would hide another one that is dead.
      const ask = (urls: string): Promise<StunAnswer> => this.#probes.stun([{ urls }], signal);
      return located(wanted, await Promise.all(wanted.map(ask)));
    }
    const wanted = turnServers(servers, transports[check]);
    if (wanted.length === 0) return { at: 'absent' };
    const { is, ms, onLoopback } = await this.#probes.turn(wanted, signal);
    if (is === 'through') return { at: 'ok', ms, note: null };
    if (onLoopback) return { at: 'partly', why: 'onLoopback' };
    return { at: 'failed', why: is, servers: addresses(wanted) };
  }

  #note(check: Check, outcome: Outcome): void {
    this.#outcomes = { ...this.#outcomes, [check]: outcome };
  }
}

function reached({ is, roundTripMs }: Reach): Outcome {
  return is === 'answered' ? { at: 'ok', ms: roundTripMs, note: null } : { at: 'failed', why: is };
}

function located(servers: readonly string[], answers: readonly StunAnswer[]): Outcome {
  const silent = servers.filter((_server, index) => answers[index]?.is === 'silent');
  if (silent.length === servers.length) return { at: 'failed', why: 'silent', servers };
  if (silent.length > 0) return { at: 'partly', why: 'someSilent', servers: silent };
  const found = answers.find(({ is }) => is === 'found');
  return found === undefined
    ? { at: 'partly', why: 'plain' }
    : { at: 'ok', ms: found.ms, note: null };
}

function shown(answer: MediaAnswer | null): Outcome {
  if (answer === null) return { at: 'failed', why: 'unsupported' };
  if (answer.is === 'decoded') return { at: 'ok', ms: answer.ms, note: answer.codec };
  return { at: 'failed', why: answer.is };
}

function opened(trouble: DeviceTrouble['trouble'] | 'late' | null): Outcome {
  if (trouble === null) return { at: 'ok', ms: null, note: null };
  if (trouble === 'late') return { at: 'failed', why: 'unanswered' };
  return { at: 'failed', why: trouble === 'refused' ? 'denied' : trouble };
}
