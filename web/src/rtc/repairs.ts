import { Alarm, type Timer } from './timer';

/** A first connection that takes longer is helped: slow ones through TURN take two seconds. */
export const FIRST_MS = 10_000;

/** A short loss heals by itself: UDP gone for four seconds needs no help. */
export const PATIENCE_MS = 3_000;

/**
 * A repair that has not connected by then is followed by the next one. Browsers try the ways of a
 * restart for about fifteen seconds: whenever the network comes back, some are being tried.
 */
export const REPAIR_MS = 8_000;

/** The same once a person was told: no way is ever left untried, at half the messages. */
export const LATER_MS = 15_000;

/** Where ICE gives up at once there is a breath between two repairs. */
export const BREATH_MS = 2_000;

/** The polite side lets the other one begin: two who restart by turns halve each other's time. */
export const COURTESY_MS = 2_000;

/**
 * What is tried: another ICE restart, a new connection, or asking the other side for a restart.
 *
 * A restart keeps the tracks, and the last picture stays; so it comes first, and twice.
 */
export type Repair = 'restart' | 'anew' | 'ask';
const ROUND = ['restart', 'restart', 'anew', 'ask'] as const satisfies readonly Repair[];

/** When a connection that does not stand is to be repaired next, and how. It never gives up. */
export class Repairs {
  readonly #next: Alarm;
  readonly #breath: Alarm;
  readonly #courtesy: number;
  readonly #repair: () => void;
  #count = 0;
  #interval = REPAIR_MS;
  #isBreathing = false;

  constructor(timer: Timer, polite: boolean, repair: () => void) {
    this.#next = new Alarm(timer);
    this.#breath = new Alarm(timer);
    this.#courtesy = polite ? COURTESY_MS : 0;
    this.#repair = repair;
  }

  /** How the next repair goes about it; the one after that has its time. */
  take(): Repair {
    const repair = ROUND[this.#count % ROUND.length] ?? 'restart';
    this.#count += 1;
    this.wait();
    this.breathe();
    return repair;
  }

  /** Something is being tried from now on, by whichever side. */
  breathe(): void {
    this.#isBreathing = true;
    this.#breath.set(BREATH_MS, () => {
      this.#isBreathing = false;
    });
  }

  /** What is being tried has its time before the next repair. */
  wait(ms = this.#interval + this.#courtesy): void {
    this.#next.set(ms, this.#repair);
  }

  /** What was tried is of no use: the next one, after a breath. */
  hasten(): void {
    if (this.#isBreathing) this.#next.set(BREATH_MS, this.#repair);
    else this.#repair();
  }

  /** A person knows: from now on there is more time between two repairs. */
  slowDown(): void {
    this.#interval = LATER_MS;
  }

  /** All is to be tried from the beginning. */
  begin(): void {
    this.#count = 0;
    this.#interval = REPAIR_MS;
  }

  /** The connection stands, or is over. */
  end(): void {
    this.begin();
    this.#isBreathing = false;
    this.#next.clear();
    this.#breath.clear();
  }
}
