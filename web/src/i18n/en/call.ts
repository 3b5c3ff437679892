/** Calls: ringing, the stage, its controls and its states. */
export const call = {
  'call.title': 'Call',
} as const;
