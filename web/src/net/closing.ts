import { CLOSINGS, type ErrorCode } from '../protocol/generated';

/** Close codes from here on say: do not come back, something has to change first. */
const FIRST_FINAL_CODE = 4500;

export type Interruption = 'lost' | 'offline' | 'updating';
export type Ending = 'signed_out' | 'outdated' | 'refused';

/** What to do about a closed socket. */
export type Consequence =
  | { readonly is: 'ended'; readonly why: Ending }
  | {
      readonly is: 'again';
      readonly why: Interruption;
      /** The session is not ours to go on with any more. */
      readonly newSession: boolean;
      readonly newToken: boolean;
    };

/** What a close code means for us. Codes outside 4000–4999 are the network's. */
export function consequence(code: number): Consequence {
  const again = { is: 'again', why: 'lost', newSession: false, newToken: false } as const;
  switch (code) {
    case CLOSINGS.revoked:
      return { is: 'ended', why: 'signed_out' };
    case CLOSINGS.version_unsupported:
      return { is: 'ended', why: 'outdated' };
    case CLOSINGS.taken_over:
      // Coming back to that session would take it away again, and so on without an end.
      return { ...again, newSession: true };
    case CLOSINGS.token_expired:
      return { ...again, newToken: true };
    case CLOSINGS.going_away:
      return { ...again, why: 'updating' };
    default:
      return code >= FIRST_FINAL_CODE && code < 5000 ? { is: 'ended', why: 'refused' } : again;
  }
}

/** What a refused hello means: `sawNewToken` where the refused token was made just now. */
export function afterRefusedHello(code: string, sawNewToken: boolean): Consequence {
  const again = { is: 'again', why: 'lost', newSession: false, newToken: false } as const;
  switch (code) {
    case 'session.version_unsupported':
      return { is: 'ended', why: 'outdated' };
    case 'auth.revoked':
      return { is: 'ended', why: 'signed_out' };
    case 'auth.token_expired':
    case 'auth.token_invalid':
      // A fresh token that is refused as well would be refused forever.
      return sawNewToken ? { is: 'ended', why: 'signed_out' } : { ...again, newToken: true };
    case 'session.unknown':
      return { ...again, newSession: true };
    default:
      return again;
  }
}

const SIGN_IN_ENDED: ReadonlySet<string> = new Set<ErrorCode>([
  'auth.required',
  'auth.token_invalid',
  'auth.token_expired',
  'auth.refresh_reused',
  'auth.revoked',
]);

/** Whether a refused refresh says that nobody is signed in here any more. */
export function endsSignIn(code: string): boolean {
  return SIGN_IN_ENDED.has(code);
}
