import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Error as Refusal } from '../../protocol/generated';
import { SlowMode } from './slow_mode.svelte';

const refused = (retry_after: number, code = 'chat.slow_mode'): { refusal: Refusal } => ({
  refusal: { t: 'error', code, message: '', retryable: true, retry_after },
});

let slow: SlowMode;

beforeEach(() => {
  vi.useFakeTimers();
  slow = new SlowMode();
});

afterEach(() => {
  slow.stop();
  vi.useRealTimers();
});

test('counts down from one’s own message', () => {
  slow.sent(0);
  expect(slow.seconds).toBe(0);
  slow.sent(10);
  vi.advanceTimersByTime(4000);
  expect(slow.seconds).toBe(6);
});

test('a refusal that only stands does not begin again with every event of the room', () => {
  const { refusal } = refused(10);
  for (let second = 0; second < 10; second += 1) {
    slow.refused({ refusal });
    expect(slow.seconds).toBe(10 - second);
    vi.advanceTimersByTime(1000);
  }
  slow.refused({ refusal });
  expect(slow.seconds).toBe(0);
});

test('nor when it is the last one again, and the next one counts for itself', () => {
  const first = refused(10);
  slow.refused(first);
  vi.advanceTimersByTime(4000);
  slow.refused({ refusal: null });
  slow.refused(first);
  expect(slow.seconds).toBe(6);
  slow.refused(refused(10));
  expect(slow.seconds).toBe(10);
});

test('other refusals are no reason to wait', () => {
  slow.refused(refused(10, 'request.rate_limited'));
  expect(slow.seconds).toBe(0);
});
