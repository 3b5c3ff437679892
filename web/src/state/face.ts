/** How somebody without a picture looks: the same initials and tint wherever they are seen. */

/** FNV-1a, then one more stir: ids made in the same second differ in their last letters only. */
export function hueOf(seed: string): number {
  let hash = 0x811c9dc5;
  for (const letter of seed) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return ((hash ^ (hash >>> 13)) >>> 0) % 360;
}

export function initialsOf(name: string): string {
  const words = name
    .trim()
    .split(/[\s_.-]+/u)
    .filter(Boolean);
  const [first = '', ...others] = words;
  const last = others.at(-1) ?? '';
  return ([...first][0] ?? '·').toUpperCase() + ([...last][0] ?? '').toUpperCase();
}
