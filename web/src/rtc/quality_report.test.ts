import { expect, it } from 'vitest';
import { sample } from '../../test/rtc/reports';
import { qualityReport } from './quality_report';
import { gap } from './samples';

const head = { version: '1.2.3', browser: 'Chromium 156', at: 1_763_700_000_000 };

it('says what was measured, by number and without names', () => {
  const samples = [gap(1_000), sample({ at: 3_000, incoming: { loss: 0.031 } })];
  const text = qualityReport(head, [
    { quality: { level: 'fair', reason: 'loss' }, samples },
    { quality: { level: 'none', reason: 'measuring' }, samples: [] },
  ]);
  expect(text.split('\n')).toEqual([
    'Parley 1.2.3 · call quality · 2025-11-21T04:40:00.000Z',
    'Browser: Chromium 156',
    'Others in the call: 2',
    '',
    'Peer 1: fair (loss)',
    'Route: direct, udp, host to srflx',
    'Receives: 1280x720 VP8+opus',
    'Sends: 1280x720 VP8+opus',
    's\trtt\tloss in/out\tjitter\tkbit/s in/out\tfps in/out\tlimited',
    '-2\t-\t-/-\t-\t-/-\t-/-\t-',
    '0\t20\t3.1%/0.0%\t4\t900/800\t30/30\t-',
    '',
    'Peer 2: none (measuring)',
    'Nothing measured yet.',
    '',
  ]);
});
