import { describe, expect, it } from 'vitest';
import { CHECKS, type Check } from './doctor/checks';
import { DoctorModel, type Probes } from './doctor.svelte';

const servers = [
  { urls: ['stun:a'] },
  { urls: ['turn:a', 'turn:a?transport=tcp'], username: 'u', credential: 'c' },
];

/** A browser in which everything works, but for what is bent. */
function probes(bent: Partial<Probes> = {}): Probes {
  return {
    socket: () => Promise.resolve({ is: 'answered', roundTripMs: 12 }),
    iceServers: () => Promise.resolve(servers),
    stun: () => Promise.resolve({ is: 'found', ms: 20 }),
    turn: () => Promise.resolve({ is: 'through', ms: 140, onLoopback: false, error: null }),
    media: () => Promise.resolve({ is: 'decoded', ms: 90, codec: 'VP8' }),
    device: () => Promise.resolve(null),
    version: '1.2.3',
    browser: 'Chromium 156',
    now: () => 1_763_700_000_000,
    ...bent,
  };
}

async function checked(bent: Partial<Probes> = {}): Promise<DoctorModel> {
  const doctor = new DoctorModel(probes(bent));
  await doctor.run();
  return doctor;
}

const states = (doctor: DoctorModel): string[] =>
  CHECKS.map((check) => {
    const outcome = doctor.outcomes[check];
    return 'why' in outcome ? `${check} ${outcome.at} ${outcome.why}` : `${check} ${outcome.at}`;
  });

const turnIs = (is: 'allocated' | 'refused' | 'silent', onLoopback = false): Partial<Probes> => ({
  turn: () => Promise.resolve({ is, ms: null, onLoopback, error: null }),
});

describe('the checks', () => {
  it('say that all is well, and what the operator did not set up', async () => {
    const doctor = await checked();
    expect(states(doctor)).toEqual([
      'socket ok',
      'stun ok',
      'turnUdp ok',
      'turnTcp ok',
      'turnTls absent',
      'media ok',
      'microphone ok',
      'camera ok',
    ]);
    expect([doctor.verdict, doctor.isRunning]).toEqual(['fine', false]);
  });

  it('try each way alone, with the credentials of the server', async () => {
    const tried: RTCIceServer[][] = [];
    const answer = { is: 'through', ms: 1, onLoopback: false, error: null } as const;
    await checked({
      turn: (wanted) => {
        tried.push(wanted);
        return Promise.resolve(answer);
      },
    });
    const credentials = { username: 'u', credential: 'c' };
    expect(tried).toEqual([
      [{ urls: ['turn:a'], ...credentials }],
      [{ urls: ['turn:a?transport=tcp'], ...credentials }],
    ]);
  });

  it('do without a sign-in what can be done without one', async () => {
    const doctor = await checked({ iceServers: () => null });
    expect(states(doctor).filter((state) => state.endsWith('locked')).length).toBe(4);
    expect(doctor.verdict).toBe('partial');
  });

  it('say so where the server can not be asked for its servers', async () => {
    const doctor = await checked({ iceServers: () => Promise.reject(new Error('offline')) });
    expect(states(doctor)).toContain('turnUdp failed unasked');
    expect(doctor.verdict).toBe('risky');
  });

  it('name the servers that were asked in vain', async () => {
    const silent = { is: 'silent', ms: null } as const;
    const dead = await checked({ stun: () => Promise.resolve(silent), ...turnIs('silent') });
    expect(dead.outcomes.stun).toEqual({ at: 'failed', why: 'silent', servers: ['stun:a'] });
    expect(dead.outcomes.turnTcp).toEqual({
      at: 'failed',
      why: 'silent',
      servers: ['turn:a?transport=tcp'],
    });
    const doctor = await checked({
      iceServers: () => Promise.resolve([{ urls: ['stun:a', 'stun:b'] }]),
      stun: ([asked]) =>
        Promise.resolve(asked?.urls === 'stun:b' ? silent : { is: 'found', ms: 20 }),
    });
    expect(doctor.outcomes.stun).toEqual({
      at: 'partly',
      why: 'someSilent',
      servers: ['stun:b'],
    });
    expect(doctor.report()).not.toContain('stun:b');
  });

  it('say so where nothing translates the address', async () => {
    const doctor = await checked({ stun: () => Promise.resolve({ is: 'plain', ms: null }) });
    expect(doctor.outcomes.stun).toEqual({ at: 'partly', why: 'plain' });
  });

  it('survive a browser that has nothing of the kind', async () => {
    const none = (): never => {
      throw new TypeError('RTCPeerConnection is not a constructor');
    };
    const doctor = await checked({ stun: none, turn: none, media: none });
    expect(states(doctor)).toContain('media failed unsupported');
    expect(doctor.verdict).toBe('blocked');
  });

  it.each<[string, Partial<Probes>]>([
    ['blocked', { socket: () => Promise.resolve({ is: 'blocked', roundTripMs: null }) }],
    ['risky', turnIs('silent')],
    ['risky', turnIs('allocated')],
    ['fine', turnIs('allocated', true)],
    ['open', { iceServers: () => Promise.resolve([]) }],
    ['listen', { device: () => Promise.resolve('refused') }],
    ['fine', { device: (kind) => Promise.resolve(kind === 'camera' ? 'missing' : null) }],
  ])('mean %s for a call', async (verdict, bent) => {
    expect((await checked(bent)).verdict).toBe(verdict);
  });

  it('begin anew where they are asked again, and the former run says nothing more', async () => {
    let release = (): void => undefined;
    const signals: AbortSignal[] = [];
    const doctor = new DoctorModel(
      probes({
        socket: (signal) => {
          signals.push(signal);
          return new Promise((resolve) => {
            release = () => {
              resolve({ is: 'mute', roundTripMs: null });
            };
            if (signals.length > 1) resolve({ is: 'answered', roundTripMs: 5 });
          });
        },
      }),
    );
    const first = doctor.run();
    const stale = release;
    const second = doctor.run();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    await second;
    stale();
    await first;
    expect(doctor.outcomes.socket).toEqual({ at: 'ok', ms: 5, note: null });
  });

  it('stop where the page is left', async () => {
    const asked: Check[] = [];
    const doctor: DoctorModel = new DoctorModel(
      probes({
        stun: () => {
          asked.push('stun');
          doctor.stop();
          return Promise.resolve({ is: 'silent', ms: null });
        },
        turn: () => {
          asked.push('turnUdp');
          return Promise.resolve({ is: 'silent', ms: null, onLoopback: false, error: null });
        },
      }),
    );
    await doctor.run();
    expect(asked).toEqual(['stun']);
    expect([doctor.isRunning, doctor.verdict]).toEqual([false, null]);
  });
});

it('the report holds what was found, and nothing that names anybody', async () => {
  const doctor = await checked(turnIs('refused'));
  expect(doctor.report()).toBe(`Parley 1.2.3 · connection check · 2025-11-21T04:40:00.000Z
Browser: Chromium 156
Verdict: risky

socket      ok 12 ms
stun        ok 20 ms
turnUdp     failed: refused
turnTcp     failed: refused
turnTls     absent
media       ok 90 ms VP8
microphone  ok
camera      ok
`);
});
