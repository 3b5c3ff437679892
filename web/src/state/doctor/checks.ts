/** What is checked, in the order in which it is done. */
export const CHECKS = [
  'socket',
  'stun',
  'turnUdp',
  'turnTcp',
  'turnTls',
  'media',
  'microphone',
  'camera',
] as const;
export type Check = (typeof CHECKS)[number];

/** Why a check came out as it did; each has its words for those checks that can end so. */
export type Why =
  // The server
  | 'blocked'
  | 'mute'
  // Ways to people
  | 'plain'
  | 'silent'
  | 'someSilent'
  | 'refused'
  | 'allocated'
  | 'onLoopback'
  | 'unasked'
  // Devices
  | 'insecure'
  | 'unsupported'
  | 'denied'
  | 'missing'
  | 'busy'
  | 'failed'
  | 'unanswered'
  // Pictures
  | 'notConnected'
  | 'nothingDecoded';

/**
 * What a check came to.
 *
 * `partly`: it works, with something to know. `absent`: the operator set nothing up. `locked`: only
 * for people who are signed in.
 */
export type Outcome =
  | { readonly at: 'waiting' | 'running' | 'absent' | 'locked' }
  | { readonly at: 'ok'; readonly ms: number | null; readonly note: string | null }
  | {
      readonly at: 'partly' | 'failed';
      readonly why: Why;
      /** Those that were asked in vain, for whoever is to mend it. */
      readonly servers?: readonly string[];
    };

export type Outcomes = Readonly<Record<Check, Outcome>>;

export const UNCHECKED: Outcomes = Object.fromEntries(
  CHECKS.map((check) => [check, { at: 'waiting' }]),
) as unknown as Outcomes;

/** What all checks together mean for a call. */
export type Verdict = 'fine' | 'open' | 'listen' | 'risky' | 'blocked' | 'partial';

const RELAYS = ['turnUdp', 'turnTcp', 'turnTls'] as const;

/**
 * What to expect of a call.
 *
 * `blocked`: there will be none. `risky`: people on other networks may be out of reach. `listen`:
 * one can hear and see, and not be heard. `open`: without a relay, calls work where networks let
 * them. `partial`: what works is fine, and the rest needs a sign-in.
 */
export function verdictOn(outcomes: Outcomes): Verdict {
  const at = (check: Check): Outcome['at'] => outcomes[check].at;
  if (at('socket') === 'failed' || at('media') === 'failed') return 'blocked';
  const set = RELAYS.filter((relay) => at(relay) !== 'absent');
  const works = set.some((relay) => at(relay) === 'ok' || at(relay) === 'partly');
  if (at('stun') === 'locked') return 'partial';
  if (set.length > 0 && !works) return 'risky';
  if (at('microphone') === 'failed' && at('camera') === 'failed') return 'listen';
  return set.length > 0 ? 'fine' : 'open';
}
