import { describe, expect, it } from 'vitest';
import { diagnose, routeOf } from './trouble';

type Entry = Record<string, unknown> & { readonly id: string; readonly type: string };

const report = (...entries: Entry[]): RTCStatsReport =>
  new Map(entries.map((entry) => [entry.id, entry])) as unknown as RTCStatsReport;

const pair = (state: string, more: object = {}): Entry => ({
  id: 'P',
  type: 'candidate-pair',
  state,
  localCandidateId: 'L',
  remoteCandidateId: 'R',
  ...more,
});
const local = (candidateType: string): Entry => ({
  id: 'L',
  type: 'local-candidate',
  candidateType,
});
const remote = (candidateType: string): Entry => ({
  id: 'R',
  type: 'remote-candidate',
  candidateType,
});
const transport: Entry = { id: 'T', type: 'transport', selectedCandidatePairId: 'P' };

describe('what went wrong', () => {
  it.each([
    ['peerGone', { heard: false, hasTurn: true, report: report(pair('failed')) }],
    ['timedOut', { heard: true, hasTurn: true, report: null }],
    ['timedOut', { heard: true, hasTurn: false, report: report(pair('succeeded')) }],
    [
      'timedOut',
      { heard: true, hasTurn: true, report: report(pair('failed', { responsesReceived: 3 })) },
    ],
    [
      'turnUnreachable',
      { heard: true, hasTurn: true, report: report(pair('failed'), local('host')) },
    ],
    [
      'theyAreCutOff',
      { heard: true, hasTurn: true, report: report(pair('failed'), local('relay')) },
    ],
    ['noRoute', { heard: true, hasTurn: false, report: report(local('host')) }],
  ] as const)('is %s', (trouble, attempt) => {
    expect(diagnose(attempt)).toBe(trouble);
  });
});

describe('the route', () => {
  it('is relayed where either end is', () => {
    const route = (ours: string, theirs: string): string | null =>
      routeOf(report(transport, pair('succeeded'), local(ours), remote(theirs)));
    expect(route('host', 'srflx')).toBe('direct');
    expect(route('relay', 'host')).toBe('relayed');
    expect(route('host', 'relay')).toBe('relayed');
  });

  it('is found without a transport, and is none before a pair is chosen', () => {
    const ends = [local('host'), remote('host')];
    expect(routeOf(report(pair('succeeded', { nominated: true }), ...ends))).toBe('direct');
    expect(routeOf(report(pair('in-progress'), ...ends))).toBeNull();
  });
});
