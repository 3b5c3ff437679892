/** Recordings on this device. */
export const recording = {
  'recording.title': 'Recordings',
} as const;
