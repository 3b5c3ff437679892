import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ScriptedLine } from '../../../test/support/scripted_call';
import { RingingModel } from './ringing.svelte';

describe('ringing', () => {
  let line: ScriptedLine;
  let ringing: RingingModel;
  let sounds: number;

  beforeEach(() => {
    vi.useFakeTimers({ now: 1000 });
    line = new ScriptedLine('kitchen');
    sounds = 0;
    ringing = new RingingModel(
      line,
      () => Date.now(),
      () => {
        sounds += 1;
        return () => {
          sounds -= 1;
        };
      },
    );
  });
  afterEach(() => {
    ringing.forgetAll();
    vi.useRealTimers();
  });

  const rings = (call = 'call-1', until = 31_000): void => {
    line.tell({ t: 'notice.ringing', room: 'kitchen', call, by: 'ann', until });
  };
  const stops = (why: 'joined' | 'declined' | 'ended'): void => {
    line.tell({ t: 'notice.ringing_stopped', room: 'kitchen', call: 'call-1', why });
  };

  test('sounds until it is answered, on this device or another one', () => {
    rings();
    rings('call-2');
    expect([ringing.incoming.length, sounds]).toEqual([2, 1]);
    stops('joined');
    expect([ringing.incoming.length, sounds]).toEqual([1, 1]);
    ringing.decline(ringing.incoming[0] ?? { room: '', call: '', by: '', until: 0 });
    expect(line.last('signaling.decline')).toMatchObject({ room: 'kitchen', call: 'call-2' });
    expect([ringing.incoming.length, sounds, ringing.missed.length]).toEqual([0, 0, 0]);
  });

  test.each([
    ['nobody answers', () => vi.advanceTimersByTime(30_000)],
    [
      'everyone has left',
      () => {
        stops('ended');
      },
    ],
  ])('is missed where %s', (_, ends) => {
    rings();
    ends();
    expect([ringing.incoming.length, sounds]).toEqual([0, 0]);
    expect(ringing.missed).toMatchObject([{ room: 'kitchen', by: 'ann' }]);
    ringing.seen('kitchen');
    expect(ringing.missed).toEqual([]);
  });

  test('that comes too late is missed, and makes no sound', () => {
    rings('call-1', 900);
    expect([ringing.incoming.length, sounds, ringing.missed.length]).toEqual([0, 0, 1]);
  });

  test('tells what became of those whom one rang', async () => {
    await ringing.ring('kitchen', ['bob', 'eve', 'kim']);
    expect(ringing.answerOf('bob')).toBe('ringing');
    line.tell({ t: 'notice.declined', room: 'kitchen', call: 'call-1', user: 'bob' });
    ringing.came(['eve']);
    vi.advanceTimersByTime(30_000);
    expect(['bob', 'eve', 'kim'].map((user) => ringing.answerOf(user))).toEqual([
      'declined',
      null,
      'silent',
    ]);
  });
});
