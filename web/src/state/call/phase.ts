import type { Refused } from '../../protocol/refused';

/** Why one is out of a call that one did not leave. */
export type CallEnding =
  /** One is no member of the room any more, or was taken out of the call. */
  | 'removed'
  /** The server would not let one in, or back in; `refusal` says why. */
  | 'refused';

/** Where one stands with calls. There is at most one call in a page. */
export type CallPhase =
  | { readonly at: 'idle' }
  | { readonly at: 'preJoin'; readonly room: string }
  | { readonly at: 'joining'; readonly room: string }
  | { readonly at: 'in'; readonly room: string }
  | {
      readonly at: 'ended';
      readonly room: string;
      readonly why: CallEnding;
      readonly refusal: Refused | null;
    };
