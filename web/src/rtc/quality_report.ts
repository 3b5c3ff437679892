import { figuresOf, type Quality } from './quality';
import type { Sample } from './samples';

/** One peer in a report: by number, since names and ids are nobody's business but the call's. */
export interface Reported {
  readonly quality: Quality;
  readonly samples: readonly Sample[];
}

export interface ReportHead {
  readonly version: string;
  readonly browser: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** So many of the last samples stand in a report: a minute. */
const LAST_SAMPLES = 30;

const COLUMNS = ['s', 'rtt', 'loss in/out', 'jitter', 'kbit/s in/out', 'fps in/out', 'limited'];

/**
 * The quality of a call as text to send to whoever is to help.
 *
 * It is in English whatever the page speaks, and holds no names, ids or addresses.
 */
export function qualityReport(head: ReportHead, peers: readonly Reported[]): string {
  const lines = [
    `Parley ${head.version} · call quality · ${new Date(head.at).toISOString()}`,
    `Browser: ${head.browser}`,
    `Others in the call: ${String(peers.length)}`,
  ];
  for (const [index, peer] of peers.entries()) lines.push('', ...section(index + 1, peer));
  return `${lines.join('\n')}\n`;
}

function section(number: number, { quality, samples }: Reported): string[] {
  const last = samples.at(-1);
  const lines = [`Peer ${String(number)}: ${quality.level}${because(quality)}`];
  if (last === undefined) return [...lines, 'Nothing measured yet.'];
  const { route, incoming, outgoing } = last;
  lines.push(
    route === null
      ? 'Route: none'
      : `Route: ${route.kind}, ${route.protocol}, ${route.local} to ${route.remote}`,
    `Receives: ${picture(incoming)} ${incoming.codecs.join('+') || '-'}`,
    `Sends: ${picture(outgoing)} ${outgoing.codecs.join('+') || '-'}`,
    COLUMNS.join('\t'),
  );
  const shown = samples.slice(-LAST_SAMPLES);
  return [...lines, ...shown.map((sample) => row(sample, last.at))];
}

function row(sample: Sample, end: number): string {
  const { incoming, outgoing } = sample;
  const { jitter, roundTrip } = figuresOf(sample);
  return [
    String(Math.round((sample.at - end) / 1000)),
    whole(roundTrip, 1),
    `${share(incoming.loss)}/${share(outgoing.loss)}`,
    whole(jitter, 1),
    `${whole(incoming.bitrate, 1000)}/${whole(outgoing.bitrate, 1000)}`,
    `${whole(incoming.frames, 1)}/${whole(outgoing.frames, 1)}`,
    outgoing.limited ?? '-',
  ].join('\t');
}

function because({ reason }: Quality): string {
  return reason === null ? '' : ` (${reason})`;
}

function picture({ width, height }: { width: number | null; height: number | null }): string {
  return width === null || height === null ? 'no picture' : `${String(width)}x${String(height)}`;
}

function whole(figure: number | null, unit: number): string {
  return figure === null ? '-' : String(Math.round(figure / unit));
}

function share(figure: number | null): string {
  return figure === null ? '-' : `${(figure * 100).toFixed(1)}%`;
}
