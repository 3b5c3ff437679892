import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

/** WCAG 2.2 contrast of the tokens, read from the stylesheet itself. */
const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');

type Theme = 'light' | 'dark';

function token(name: string, theme: Theme): [number, number, number] {
  const value = new RegExp(`--${name}: ([^;]+);`).exec(css)?.[1];
  if (value === undefined) throw new Error(`--${name} is not a token`);
  const colours = [...value.matchAll(/oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)/g)];
  const chosen = colours[theme === 'dark' && colours.length > 1 ? 1 : 0];
  if (!chosen) throw new Error(`--${name} is no colour: ${value}`);
  return [Number(chosen[1]), Number(chosen[2]), Number(chosen[3])];
}

/** Relative luminance of an OKLCH colour (Björn Ottosson's matrices, clipped to sRGB). */
function luminance([lightness, chroma, hue]: [number, number, number]): number {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clipped = (value: number): number => Math.min(1, Math.max(0, value));
  const red = clipped(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s);
  const green = clipped(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s);
  const blue = clipped(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(front: string, back: string, theme: Theme): number {
  const [light = 0, dark = 0] = [
    luminance(token(front, theme)),
    luminance(token(back, theme)),
  ].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

const text: [string, string][] = [
  ...['ground', 'sunk', 'raised', 'hover', 'pressed', 'accent-soft'].map(
    (back): [string, string] => ['text', back],
  ),
  ...['ground', 'sunk', 'raised', 'hover', 'accent-soft', 'watch-soft'].map(
    (back): [string, string] => ['text-soft', back],
  ),
  ...['ground', 'sunk', 'raised', 'accent-soft'].map((back): [string, string] => [
    'accent-text',
    back,
  ]),
  ['on-accent', 'accent'],
  ['on-accent', 'accent-hover'],
  ['on-accent', 'danger'],
  ['on-accent', 'danger-hover'],
  ['watch-text', 'watch-soft'],
  ['watch-text', 'sunk'],
  ['danger-text', 'danger-soft'],
  ['danger-text', 'ground'],
  ['danger-text', 'raised'],
];

const controls: [string, string][] = [
  ...['ground', 'sunk', 'raised'].map((back): [string, string] => ['line-control', back]),
  ...['ground', 'sunk', 'raised'].map((back): [string, string] => ['accent-line', back]),
  ['accent', 'ground'],
  ['well', 'sunk'],
  ['well', 'ground'],
  ['watch', 'watch-soft'],
];

describe.each<Theme>(['light', 'dark'])('the %s theme', (theme) => {
  test.each(text)('%s on %s reads as text', (front, back) => {
    expect(contrast(front, back, theme)).toBeGreaterThanOrEqual(4.5);
  });

  test.each(controls)('%s on %s is seen as a control', (front, back) => {
    expect(contrast(front, back, theme)).toBeGreaterThanOrEqual(3);
  });
});
