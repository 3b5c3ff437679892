import { CHECKS, verdictOn, type Outcome, type Outcomes } from './checks';

/**
 * The checks as text to send to whoever is to help: in English, without names or addresses.
 */
export function doctorReport(
  head: { readonly version: string; readonly browser: string; readonly at: number },
  outcomes: Outcomes,
): string {
  const lines = CHECKS.map((check) => `${check.padEnd(10)}  ${worded(outcomes[check])}`);
  return [
    `Parley ${head.version} · connection check · ${new Date(head.at).toISOString()}`,
    `Browser: ${head.browser}`,
    `Verdict: ${verdictOn(outcomes)}`,
    '',
    ...lines,
    '',
  ].join('\n');
}

function worded(outcome: Outcome): string {
  switch (outcome.at) {
    case 'ok': {
      const ms = outcome.ms === null ? '' : ` ${String(Math.round(outcome.ms))} ms`;
      return `ok${ms}${outcome.note === null ? '' : ` ${outcome.note}`}`;
    }
    case 'partly':
    case 'failed':
      return `${outcome.at}: ${outcome.why}`;
    case 'waiting':
    case 'running':
    case 'absent':
    case 'locked':
      return outcome.at;
    default:
      return outcome satisfies never;
  }
}
