import type { Error as Refusal } from './generated';

/** Why this client itself gave up on a request; the server was not asked, or did not answer. */
export type ClientCode =
  /** There is no connection, so nothing was sent. */
  | 'client.offline'
  /** The connection broke after sending: it may have been carried out or not. */
  | 'client.lost'
  /** No answer in time: it may have been carried out or not. */
  | 'client.timeout'
  /** The asker wants no answer any more. */
  | 'client.cancelled'
  /** The answer can't be understood. */
  | 'client.broken';

const sentences: Record<ClientCode, string> = {
  'client.offline': 'There is no connection to the server.',
  'client.lost': 'The connection broke before an answer came.',
  'client.timeout': 'The server did not answer in time.',
  'client.cancelled': 'It was cancelled.',
  'client.broken': 'The answer of the server can not be understood.',
};

/** The server answered a request with a refusal, or could not be asked (`client.*` codes). */
export class Refused extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(`${refusal.code}: ${refusal.message}`);
    this.name = 'Refused';
    this.refusal = refusal;
  }

  get code(): string {
    return this.refusal.code;
  }

  /** Whether the server itself did not refuse: the same request may well succeed later. */
  get isOurs(): boolean {
    return this.code.startsWith('client.');
  }

  /** Whether asking again may help: the server was busy, or was not reached. */
  get mayPass(): boolean {
    return this.refusal.retryable === true && this.code !== 'client.broken';
  }
}

/** A refusal that the server has no part in. */
export function refusedHere(code: ClientCode): Refused {
  const retryable = code !== 'client.cancelled';
  return new Refused({ t: 'error', code, message: sentences[code], retryable });
}

/** What was thrown, as a `Refused`: everything else is a defect that a person can't mend. */
export function asRefused(thrown: unknown): Refused {
  return thrown instanceof Refused ? thrown : refusedHere('client.broken');
}
