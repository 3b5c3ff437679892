import type { Connection } from './connection';
import { Alarm, type Timer } from './timer';
import { routeOf } from './trouble';
import type { Route } from './view';

/** Relayed and direct ways often connect within the same second; the better one wins later. */
export const ROUTE_MS = 3_000;

/** Which way the media of one connection goes, as it was last found. */
export class Way {
  readonly #connection: Connection;
  readonly #changed: () => void;
  readonly #again: Alarm;
  #route: Route | null = null;

  constructor(connection: Connection, timer: Timer, changed: () => void) {
    this.#connection = connection;
    this.#changed = changed;
    this.#again = new Alarm(timer);
  }

  get route(): Route | null {
    return this.#route;
  }

  /** It was just found: looks now, and when the better one has won. */
  found(): void {
    void this.#look();
    this.mayChange();
  }

  /** Descriptions were exchanged, and may have brought another one. */
  mayChange(): void {
    this.#again.set(ROUTE_MS, () => void this.#look());
  }

  close(): void {
    this.#again.clear();
  }

  async #look(): Promise<void> {
    const report = await this.#connection.getStats().catch(() => null);
    if (report === null || this.#connection.connectionState !== 'connected') return;
    const route = routeOf(report);
    if (route === null || route === this.#route) return;
    this.#route = route;
    this.#changed();
  }
}
