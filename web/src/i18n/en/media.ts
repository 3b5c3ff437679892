/** Microphones, cameras, speakers: choosing them, trying them, what keeps them away. */
export const media = {
  'media.microphone': 'Microphone',
} as const;
