import { Refused, refusedHere } from '../../protocol/refused';
import type { Told } from '../../rtc/line';
import { onConnect } from '../connects';
import type { Connection } from '../ports';
import { commandOf, type SignalTag } from './signals';

/** Where the server is busy; a description that waits longer than this is of no use. */
const AGAIN_MS = 500;
const TRIES = 12;

/**
 * Brings what one peer tells another to the server.
 *
 * What can't be handed over because the connection is away waits for the next one: a peer that
 * repairs its route meanwhile must not lose an offer to a gateway that restarts.
 */
export class Courier {
  readonly #connection: Connection;
  readonly #room: string;
  readonly #stop: () => void;
  #waiting: (() => void)[] = [];
  #closed = false;

  constructor(connection: Connection, room: string) {
    this.#connection = connection;
    this.#room = room;
    this.#stop = onConnect(connection, () => {
      this.#wake();
    });
  }

  /** Resolves once the server has handed it on; rejects where it never will. */
  async tell(to: string, told: Told): Promise<void> {
    const command = commandOf(this.#room, to, told);
    for (let tries = 1; ; tries += 1) {
      if (this.#closed) throw refusedHere('client.cancelled');
      try {
        await this.#connection.ask<SignalTag>(command);
        return;
      } catch (error) {
        if (!(error instanceof Refused) || tries >= TRIES) throw error;
        if (error.code === 'client.offline' || error.code === 'client.lost') await this.#online();
        else if (error.mayPass) {
          await new Promise((again) => {
            setTimeout(again, (error.refusal.retry_after ?? 0) * 1000 || AGAIN_MS);
          });
        } else throw error;
      }
    }
  }

  close(): void {
    this.#closed = true;
    this.#stop();
    this.#wake();
  }

  #online(): Promise<void> {
    if (this.#connection.state.at === 'online') return Promise.resolve();
    return new Promise((online) => this.#waiting.push(online));
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}
