/** Recordings on this device. */
export const recording = {
  'recording.title': 'Recordings',
  'recording.record': 'Record',
  'recording.stop': 'Stop recording',
} as const;
