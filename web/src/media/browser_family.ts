/** Browsers whose ways to permissions differ. */
export type Family = 'android' | 'chromium' | 'firefox' | 'ios' | 'safari' | 'other';

/** Reads `navigator.userAgent`; an iPad that says it is a Mac is known by its touches. */
export function familyOf(userAgent: string, touches: number): Family {
  if (/iPhone|iPad|iPod/.test(userAgent)) return 'ios';
  if (/Macintosh/.test(userAgent) && touches > 1) return 'ios';
  if (/Android/.test(userAgent)) return 'android';
  if (/Firefox\//.test(userAgent)) return 'firefox';
  if (/Chrome\/|Chromium\//.test(userAgent)) return 'chromium';
  if (/Safari\//.test(userAgent)) return 'safari';
  return 'other';
}

/** Phones and tablets open one camera at a time. */
export function hasOneCamera(family: Family): boolean {
  return family === 'android' || family === 'ios';
}
