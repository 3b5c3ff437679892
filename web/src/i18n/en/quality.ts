/** How good the way to each person is. */
export const quality = {
  'quality.title': 'Connection quality',
} as const;
