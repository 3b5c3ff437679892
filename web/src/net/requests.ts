import type { SocketCommand, SocketReply } from '../protocol/generated';
import { Refused, refusedHere, type ClientCode } from '../protocol/refused';
import type { Clock } from './clock';

/** Longer than the server takes before it says `request.timeout` itself. */
export const ANSWER_MS = 15_000;

/** How long a request that may safely be repeated waits for a lost connection to come back. */
export const HOLD_MS = 60_000;

interface Request {
  readonly id: string;
  readonly command: SocketCommand;
  readonly repeatable: boolean;
  readonly resolve: (reply: SocketReply) => void;
  readonly reject: (refused: Refused) => void;
  stopWaiting: () => void;
  sent: boolean;
}

/**
 * The requests under way, by id: each is settled exactly once, by its answer, its time or the end
 * of the connection. Those with a client id mean the same however often they arrive, so they are
 * sent again on the next connection.
 */
export class Requests {
  readonly #clock: Clock;
  readonly #open = new Map<string, Request>();
  #next = 1;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get waiting(): number {
    return this.#open.size;
  }

  /** Takes a command in; `unsent` has it until it is sent. */
  add(command: SocketCommand, signal?: AbortSignal): { id: string; answer: Promise<SocketReply> } {
    const id = String(this.#next++);
    const repeatable = 'client_id' in command;
    const answer = new Promise<SocketReply>((resolve, reject) => {
      const request: Request = {
        id,
        command,
        repeatable,
        resolve,
        reject,
        stopWaiting: () => undefined,
        sent: false,
      };
      this.#open.set(id, request);
      request.stopWaiting = this.#clock.after(repeatable ? HOLD_MS : ANSWER_MS, () => {
        this.#fail(request, request.sent ? 'client.timeout' : 'client.offline');
      });
      signal?.addEventListener('abort', () => {
        this.#fail(request, 'client.cancelled');
      });
      if (signal?.aborted === true) this.#fail(request, 'client.cancelled');
    });
    return { id, answer };
  }

  /** What is to be sent, in the order of asking. */
  unsent(): { id: string; command: SocketCommand }[] {
    return [...this.#open.values()].filter((request) => !request.sent);
  }

  sent(id: string): void {
    const request = this.#open.get(id);
    if (request !== undefined) request.sent = true;
  }

  /** Settles the request with this id; an id that nobody waits for any more is no error. */
  answered(id: string, reply: SocketReply): void {
    const request = this.#take(id);
    if (request === undefined) return;
    if (reply.t === 'error') request.reject(new Refused(reply));
    else request.resolve(reply);
  }

  refuse(id: string, refused: Refused): void {
    this.#take(id)?.reject(refused);
  }

  /** The connection is gone: what may be repeated waits for the next one, the rest is told. */
  connectionLost(): void {
    for (const request of [...this.#open.values()]) {
      if (request.repeatable) request.sent = false;
      else this.#fail(request, request.sent ? 'client.lost' : 'client.offline');
    }
  }

  /** There will be no further connection. */
  endAll(): void {
    for (const request of [...this.#open.values()]) this.#fail(request, 'client.offline');
  }

  #fail(request: Request, code: ClientCode): void {
    this.#take(request.id)?.reject(refusedHere(code));
  }

  #take(id: string): Request | undefined {
    const request = this.#open.get(id);
    this.#open.delete(id);
    request?.stopWaiting();
    return request;
  }
}
