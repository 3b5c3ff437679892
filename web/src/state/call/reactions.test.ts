import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ScriptedLine } from '../../../test/support/scripted_call';
import { ReactionsModel } from './reactions.svelte';

describe('emoji in a call', () => {
  let line: ScriptedLine;
  let room: string | null;
  let reactions: ReactionsModel;

  const shows = (session: string, emoji: string, where = 'kitchen'): void => {
    line.tell({ t: 'stage.reacted', room: where, call: 'call-1', session, emoji });
  };
  const seen = (session: string): string => {
    return reactions
      .of(session)
      .map(({ emoji }) => emoji)
      .join('');
  };

  beforeEach(() => {
    vi.useFakeTimers();
    line = new ScriptedLine('kitchen');
    room = 'kitchen';
    reactions = new ReactionsModel(line, () => room);
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  test('are shown over whoever shows them, for a moment', () => {
    shows('ann-1', '👍');
    vi.advanceTimersByTime(1000);
    shows('bob-1', '🎉');
    expect([seen('ann-1'), seen('bob-1')]).toEqual(['👍', '🎉']);
    vi.advanceTimersByTime(3000);
    expect([seen('ann-1'), seen('bob-1')]).toEqual(['', '🎉']);
    vi.advanceTimersByTime(1000);
    expect(seen('bob-1')).toBe('');
    expect(reactions.latest?.emoji).toBe('🎉');
  });

  test('of another room are none of ours, and without a call none is sent', () => {
    shows('ann-1', '👍', 'cellar');
    expect(seen('ann-1')).toBe('');
    reactions.react('🔥');
    expect(line.last('signaling.react')).toMatchObject({ room: 'kitchen', emoji: '🔥' });
    room = null;
    reactions.react('🔥');
    shows('ann-1', '👍');
    expect(line.times('signaling.react')).toBe(1);
    expect(seen('ann-1')).toBe('');
  });

  test('make way where there are many', () => {
    for (const emoji of ['1️⃣', '2️⃣', '3️⃣', '4️⃣', '5️⃣', '6️⃣', '7️⃣']) shows('ann-1', emoji);
    expect(seen('ann-1')).toBe('2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣');
  });
});
