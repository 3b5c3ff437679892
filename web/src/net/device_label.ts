/** What browsers say of themselves, and what people call them; the most particular word first. */
const browsers = [
  ['Edg/', 'Edge'],
  ['OPR/', 'Opera'],
  ['SamsungBrowser/', 'Samsung Internet'],
  ['Firefox/', 'Firefox'],
  ['Chrome/', 'Chrome'],
  ['Safari/', 'Safari'],
] as const;

const systems = [
  ['Android', 'Android'],
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Windows', 'Windows'],
  ['CrOS', 'ChromeOS'],
  ['Mac OS X', 'macOS'],
  ['Linux', 'Linux'],
] as const;

/** A name that a person knows this device by: “Firefox on Linux”. */
export function deviceLabel(userAgent: string): string {
  const called = (names: readonly (readonly [string, string])[]): string | undefined =>
    names.find(([word]) => userAgent.includes(word))?.[1];
  const system = called(systems);
  const browser = called(browsers) ?? 'Browser';
  return system === undefined ? browser : `${browser} on ${system}`;
}
