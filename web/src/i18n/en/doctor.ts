/** The connectivity check. */
export const doctor = {
  'doctor.title': 'Connection check',
} as const;
