import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  participant,
  ScriptedLine,
  ScriptedMedia,
  ScriptedMesh,
} from '../../../test/support/scripted_call';
import { Refused, refusedHere } from '../../protocol/refused';
import { CallModel } from './call.svelte';
import { CallsModel } from './calls.svelte';
import { QualityModel } from './quality.svelte';
import { retakenAfter } from './retaking';

describe('a seat that is asked for in vain', () => {
  const refused = (code: string, retryable: boolean, retry_after: number | null = null): Refused =>
    new Refused({ t: 'error', code, message: '', retryable, retry_after });

  test('is asked for again when the server says, or after a second', () => {
    expect(retakenAfter(refused('request.rate_limited', true, 3), true)).toBe(3000);
    expect(retakenAfter(refused('request.unavailable', true), true)).toBe(1000);
    expect(retakenAfter(refusedHere('client.timeout'), true)).toBe(1000);
  });

  test('waits for a connection, were it the first one', () => {
    expect(retakenAfter(refusedHere('client.offline'), true)).toBe(Infinity);
    expect(retakenAfter(refusedHere('client.lost'), false)).toBe(Infinity);
  });

  test('is given up at the door, where there is no place, and where nothing will change', () => {
    expect(retakenAfter(refused('request.unavailable', true), false)).toBeNull();
    expect(retakenAfter(refused('calls.full', true), true)).toBeNull();
    expect(retakenAfter(refused('rooms.banned', false), true)).toBeNull();
    expect(retakenAfter(new TypeError('a defect'), true)).toBeNull();
  });
});

describe('a call with a new session', () => {
  let line: ScriptedLine;
  let media: ScriptedMedia;
  let call: CallModel;
  let present: () => string[];

  const settled = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

  beforeEach(async () => {
    vi.useFakeTimers();
    line = new ScriptedLine('kitchen');
    media = new ScriptedMedia();
    call = new CallModel({
      connection: line,
      calls: new CallsModel(line),
      media,
      quality: new QualityModel({ now: () => 0, after: () => () => undefined }),
      ears: { listen: () => () => undefined },
      interrupted: {
        keep: () => undefined,
        formerSession: () => null,
        vanish: () => undefined,
        forget: () => undefined,
      },
      now: () => 0,
      nameOf: (user) => user,
      mesh: (_tell, me) => {
        const mesh = new ScriptedMesh(me);
        present = () => mesh.roster.map(({ session }) => session);
        return mesh;
      },
    });
    line.comes(participant('ann-1'));
    await call.join('kitchen');
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  async function comesBackAs(session: string): Promise<void> {
    line.lose();
    line.session = session;
    line.start();
    await settled();
  }

  test.each([
    'request.unavailable',
    'request.timeout',
    'request.rate_limited',
    'request.conflict',
  ] as const)('goes on after %s, as whom one was in it', async (code) => {
    line.refuse = { 'signaling.join': code };
    await comesBackAs('me-2');
    await vi.advanceTimersByTimeAsync(5000);
    expect(call.isIn('kitchen')).toBe(true);
    expect(media.releases).toBe(0);
    expect(line.times('signaling.join')).toBe(7);
    line.refuse = {};
    await vi.advanceTimersByTimeAsync(1000);
    expect(line.last('signaling.join').former).toBe('me-1');
    expect(present()).toContain('me-2');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(line.times('signaling.join')).toBe(8);
  });

  test.each(['calls.full', 'rooms.banned'] as const)('ends after %s', async (code) => {
    line.refuse = { 'signaling.join': code };
    await comesBackAs('me-2');
    expect(call.phase).toMatchObject({ at: 'ended', why: 'refused', refusal: { code } });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(line.times('signaling.join')).toBe(2);
  });

  test('is not gone back to after it was left', async () => {
    line.refuse = { 'signaling.join': 'request.unavailable' };
    await comesBackAs('me-2');
    call.leave();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(line.times('signaling.join')).toBe(2);
    expect(call.phase.at).toBe('idle');
  });

  test('has no seat yet that a resumed session could keep', async () => {
    line.refuse = { 'signaling.join': 'request.unavailable' };
    await comesBackAs('me-2');
    line.refuse = {};
    await comesBackAs('me-2');
    expect(line.last('signaling.join').former).toBe('me-1');
    expect(present()).toContain('me-2');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(line.times('signaling.join')).toBe(3);
  });

  test('knows whose place it is asking for under a third session, too', async () => {
    line.refuse = { 'signaling.join': 'request.unavailable' };
    await comesBackAs('me-2');
    line.refuse = {};
    await comesBackAs('me-3');
    expect(line.times('signaling.join')).toBe(3);
    expect(line.last('signaling.join').former).toBe('me-1');
  });
});
