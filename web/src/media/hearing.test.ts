import { describe, expect, test } from 'vitest';
import { familyOf } from './browser_family';
import { loudnessOf } from './sound';
import { mutedPace, ringPace, Speaking } from './speaking';

const tone = (amplitude: number): Float32Array =>
  Float32Array.from({ length: 2048 }, (_, at) => amplitude * Math.sin(at / 7));

test('loudness goes from a quiet room to a shout', () => {
  const steps = [0, 0.001, 0.01, 0.05, 0.2, 1].map((amplitude) => loudnessOf(tone(amplitude)));
  expect(steps).toEqual([...steps].sort((a, b) => a - b));
  expect(steps[0]).toBe(0);
  expect(steps[1]).toBe(0);
  // Somebody at arm's length talks at about -26 dB.
  expect(steps[3]).toBeGreaterThan(ringPace.on);
  expect(steps[3]).toBeGreaterThan(mutedPace.on);
  expect(steps.at(-1)).toBe(1);
  expect(loudnessOf(new Float32Array())).toBe(0);
});

describe('speaking', () => {
  const heard = (loudnesses: readonly number[]): string => {
    const speaking = new Speaking(ringPace);
    return loudnesses
      .map((loudness, tick) => (speaking.take(loudness, tick * 100) ? '#' : '-'))
      .join('');
  };

  test('begins when it lasts, and ends after a breath', () => {
    expect(heard([0, 0.8, 0, 0.8, 0.8, 0.8, 0.8])).toBe('-----##');
    const words = [0.8, 0.8, 0.8, 0, 0, 0, 0.8, ...Array<number>(10).fill(0)];
    expect(heard(words)).toBe('--############---');
  });

  test('between the two thresholds it stays as it is', () => {
    expect(heard([0.36, 0.36, 0.36, 0.36])).toBe('----');
    expect(heard([0.8, 0.8, 0.8, ...Array<number>(12).fill(0.36)])).toBe(`--${'#'.repeat(13)}`);
  });
});

test.each([
  ['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36', 0, 'chromium'],
  ['Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0', 0, 'firefox'],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X) AppleWebKit/605 Version/18 Safari/605', 0, 'safari'],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X) AppleWebKit/605 Version/18 Safari/605', 5, 'ios'],
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 18) AppleWebKit/605 CriOS/140 Safari/604', 5, 'ios'],
  ['Mozilla/5.0 (Linux; Android 15) AppleWebKit/537 Chrome/140 Mobile Safari/537', 5, 'android'],
  ['Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0', 5, 'android'],
  ['curl/8', 0, 'other'],
] as const)('%s', (userAgent, touches, family) => {
  expect(familyOf(userAgent, touches)).toBe(family);
});
