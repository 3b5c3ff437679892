import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { report } from '../../test/rtc/reports';
import { sampleOf } from './samples';

const video = (timestamp: number, more: Record<string, unknown> = {}) => ({
  id: 'V',
  type: 'inbound-rtp',
  kind: 'video',
  timestamp,
  packetsReceived: 100,
  packetsLost: 0,
  bytesReceived: 100_000,
  jitter: 0.004,
  framesDecoded: 60,
  frameWidth: 640,
  frameHeight: 360,
  totalFreezesDuration: 0,
  codecId: 'C',
  ...more,
});

const way = (local: Record<string, unknown>, remote: Record<string, unknown>) => [
  { id: 'T', type: 'transport', timestamp: 1, selectedCandidatePairId: 'P' },
  {
    id: 'P',
    type: 'candidate-pair',
    timestamp: 1,
    localCandidateId: 'L',
    remoteCandidateId: 'R',
    currentRoundTripTime: 0.031,
    availableOutgoingBitrate: 1_200_000,
  },
  { id: 'L', type: 'local-candidate', timestamp: 1, ...local },
  { id: 'R', type: 'remote-candidate', timestamp: 1, ...remote },
];

describe('a sample', () => {
  it('is what happened between two reports, by their own clocks', () => {
    const codec = { id: 'C', type: 'codec', timestamp: 1, mimeType: 'video/VP8' };
    const found = sampleOf(
      report(video(1_000), codec),
      report(
        video(3_000, {
          packetsReceived: 280,
          packetsLost: 20,
          bytesReceived: 350_000,
          framesDecoded: 120,
          totalFreezesDuration: 0.5,
        }),
        codec,
      ),
      77,
    );
    expect(found.at).toBe(77);
    expect(found.incoming).toEqual({
      bitrate: 1_000_000,
      loss: 0.1,
      jitterMs: 4,
      frames: 30,
      width: 640,
      height: 360,
      frozen: 0.25,
      concealed: null,
      codecs: ['VP8'],
    });
    expect(found.outgoing.bitrate).toBeNull();
  });

  it('tells how much sound was made up, and counts silence as silence', () => {
    const audio = (timestamp: number, samples: number, made: number, silent: number) => ({
      id: 'A',
      type: 'inbound-rtp',
      kind: 'audio',
      timestamp,
      packetsReceived: timestamp,
      totalSamplesReceived: samples,
      concealedSamples: made,
      silentConcealedSamples: silent,
    });
    const found = sampleOf(
      report(audio(1_000, 48_000, 0, 0)),
      report(audio(3_000, 144_000, 9_600, 4_800)),
      0,
    );
    expect(found.incoming.concealed).toBeCloseTo(0.05);
    expect(found.incoming.frames).toBeNull();
  });

  it('does not judge the frames of a screen', () => {
    const screen = { contentType: 'screenshare', packetsReceived: 101, framesDecoded: 61 };
    const found = sampleOf(report(video(1_000)), report(video(3_000, screen)), 0);
    expect(found.incoming.frames).toBeNull();
    expect(found.incoming.width).toBe(640);
  });

  it('reads what the peer told of our packets, once', () => {
    const told = {
      id: 'O',
      type: 'remote-inbound-rtp',
      timestamp: 2_000,
      fractionLost: 0.25,
      roundTripTime: 0.2,
    };
    const first = sampleOf(report(), report(told), 0);
    expect([first.outgoing.loss, first.roundTripMs]).toEqual([0.25, 200]);
    const second = sampleOf(report(told), report(told), 0);
    expect([second.outgoing.loss, second.roundTripMs]).toEqual([null, null]);
  });

  it.each([
    ['direct', 'udp', { candidateType: 'host', protocol: 'udp' }, { candidateType: 'srflx' }],
    ['direct', 'tcp', { candidateType: 'host', protocol: 'tcp' }, { candidateType: 'host' }],
    [
      'relayed',
      'tls',
      { candidateType: 'relay', protocol: 'udp', relayProtocol: 'tls' },
      { candidateType: 'host' },
    ],
    ['relayed', 'udp', { candidateType: 'host', protocol: 'udp' }, { candidateType: 'relay' }],
  ])('knows a way that is %s over %s', (kind, protocol, local, remote) => {
    const found = sampleOf(null, report(...way(local, remote)), 0);
    expect(found.route).toMatchObject({ kind, protocol });
    expect(found.roundTripMs).toBe(31);
    expect(found.outgoing.available).toBe(1_200_000);
  });

  it('keeps no address', () => {
    const secret = { candidateType: 'host', protocol: 'udp', address: '192.0.2.7', port: 9 };
    const found = sampleOf(null, report(...way(secret, secret)), 0);
    expect(JSON.stringify(found)).not.toMatch(/192\.0\.2\.7|"address"|"port"/);
  });

  it('never tells nonsense, whatever counters do', () => {
    const count = fc.integer({ min: 0, max: 1e9 });
    const counters = fc.record({
      packetsReceived: count,
      packetsLost: fc.integer({ min: -50, max: 1e6 }),
      bytesReceived: count,
      framesDecoded: count,
      totalFreezesDuration: fc.float({ min: 0, max: 1e4, noNaN: true }),
    });
    const time = fc.integer({ min: 0, max: 10_000 });
    fc.assert(
      fc.property(counters, counters, time, time, (one, other, t1, t2) => {
        const { incoming } = sampleOf(report(video(t1, one)), report(video(t2, other)), 0);
        for (const share of [incoming.loss, incoming.frozen]) {
          if (share !== null) expect(share >= 0 && share <= 1).toBe(true);
        }
        for (const figure of [incoming.bitrate, incoming.frames]) {
          if (figure !== null) expect(Number.isFinite(figure) && figure >= 0).toBe(true);
        }
        // A new connection's counters begin anew: nothing is known of the time between.
        if (other.packetsReceived < one.packetsReceived) expect(incoming.bitrate).toBeNull();
      }),
    );
  });
});
