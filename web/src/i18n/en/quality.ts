/** How good the way to each person is. */
export const quality = {
  'quality.title': 'Connection quality',
  'quality.good': 'Good connection',
  'quality.fair': 'Fair connection',
  'quality.poor': 'Weak connection',
  'quality.none': 'No figures yet',
} as const;
