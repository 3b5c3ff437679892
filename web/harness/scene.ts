import type * as wire from '../src/protocol/generated';
import { Refused } from '../src/protocol/refused';
import type { ConnectionState, Outgoing } from '../src/state/ports';

/** What a scene bends; everything else is an ordinary afternoon. */
export interface Scene {
  readonly anonymous?: boolean;
  readonly guest?: boolean;
  readonly rooms?: number;
  readonly messages?: number;
  readonly unread?: number;
  readonly link?: ConnectionState;
  /** A refusal for a command, by its tag; `hang` never answers. */
  readonly refuse?: Readonly<Record<string, { code: string; after?: number } | 'hang'>>;
  readonly outgoing?: readonly Outgoing['status'][];
  readonly writing?: boolean;
  readonly role?: wire.Role;
  readonly muted?: boolean;
  readonly loading?: boolean;
}

/** The server says no. */
export function refusal(code: string, after?: number): Refused {
  return new Refused({
    t: 'error',
    code,
    message: 'The server’s own sentence.',
    retryable: false,
    retry_after: after ?? null,
    field: null,
    incident: null,
  });
}
