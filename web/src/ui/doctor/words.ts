import type { PlainKey } from '../../i18n/translate';
import type { Check, Outcome, Verdict, Why } from '../../state/doctor.svelte';

/** What a line says besides its state: what it means, and what helps. */
export interface Words {
  readonly means: PlainKey;
  readonly fix: PlainKey | null;
}

type Table = Partial<Record<Why, Words>>;

const ways: Table = {
  unasked: { means: 'doctor.unasked', fix: 'doctor.unaskedFix' },
  unsupported: { means: 'doctor.unsupported', fix: 'doctor.unsupportedFix' },
};
const relays: Table = {
  ...ways,
  onLoopback: { means: 'doctor.turn.onLoopback', fix: null },
  allocated: { means: 'doctor.turn.allocated', fix: 'doctor.turn.allocatedFix' },
  refused: { means: 'doctor.turn.refused', fix: 'doctor.turn.refusedFix' },
};
const devices: Table = {
  unsupported: { means: 'doctor.unsupported', fix: 'doctor.unsupportedFix' },
  insecure: { means: 'doctor.device.insecure', fix: 'doctor.device.insecureFix' },
  denied: { means: 'doctor.device.denied', fix: 'doctor.device.deniedFix' },
  missing: { means: 'doctor.device.missing', fix: 'doctor.device.missingFix' },
  busy: { means: 'doctor.device.busy', fix: 'doctor.device.busyFix' },
  failed: { means: 'doctor.device.failed', fix: 'doctor.device.failedFix' },
  unanswered: { means: 'doctor.device.unanswered', fix: 'doctor.device.unansweredFix' },
};

const whys: Readonly<Record<Check, Table>> = {
  socket: {
    blocked: { means: 'doctor.socket.blocked', fix: 'doctor.socket.blockedFix' },
    mute: { means: 'doctor.socket.mute', fix: 'doctor.socket.muteFix' },
  },
  stun: {
    ...ways,
    plain: { means: 'doctor.stun.plain', fix: null },
    silent: { means: 'doctor.stun.silent', fix: 'doctor.stun.silentFix' },
    someSilent: { means: 'doctor.stun.someSilent', fix: 'doctor.stun.someSilentFix' },
  },
  turnUdp: {
    ...relays,
    silent: { means: 'doctor.turnUdp.silent', fix: 'doctor.turnUdp.silentFix' },
  },
  turnTcp: {
    ...relays,
    silent: { means: 'doctor.turnTcp.silent', fix: 'doctor.turnTcp.silentFix' },
  },
  turnTls: {
    ...relays,
    silent: { means: 'doctor.turnTls.silent', fix: 'doctor.turnTls.silentFix' },
  },
  media: {
    unsupported: { means: 'doctor.unsupported', fix: 'doctor.unsupportedFix' },
    notConnected: { means: 'doctor.media.notConnected', fix: 'doctor.media.notConnectedFix' },
    nothingDecoded: {
      means: 'doctor.media.nothingDecoded',
      fix: 'doctor.media.nothingDecodedFix',
    },
  },
  microphone: devices,
  camera: devices,
};

/** What a line says; null where its state says it all. */
export function wordsOf(check: Check, outcome: Outcome): Words | null {
  if (outcome.at === 'partly' || outcome.at === 'failed') {
    return whys[check][outcome.why] ?? { means: 'doctor.unsupported', fix: null };
  }
  if (outcome.at !== 'absent') return null;
  return { means: check === 'stun' ? 'doctor.absent.stun' : 'doctor.absent.turn', fix: null };
}

export const checkNames = {
  socket: 'doctor.socket',
  stun: 'doctor.stun',
  turnUdp: 'doctor.turnUdp',
  turnTcp: 'doctor.turnTcp',
  turnTls: 'doctor.turnTls',
  media: 'doctor.media',
  microphone: 'doctor.microphone',
  camera: 'doctor.camera',
} as const satisfies Record<Check, PlainKey>;

export const groups = [
  { name: 'doctor.group.server', checks: ['socket'] },
  { name: 'doctor.group.ways', checks: ['stun', 'turnUdp', 'turnTcp', 'turnTls'] },
  { name: 'doctor.group.here', checks: ['media', 'microphone', 'camera'] },
] as const satisfies readonly { name: PlainKey; checks: readonly Check[] }[];

export const states = {
  waiting: 'doctor.at.waiting',
  running: 'doctor.at.running',
  ok: 'doctor.at.ok',
  partly: 'doctor.at.partly',
  failed: 'doctor.at.failed',
  absent: 'doctor.at.absent',
  locked: 'doctor.at.locked',
} as const satisfies Record<Outcome['at'], PlainKey>;

export const verdicts = {
  fine: { title: 'doctor.verdict.fine', body: 'doctor.verdict.fineBody', tone: 'well' },
  open: { title: 'doctor.verdict.open', body: 'doctor.verdict.openBody', tone: 'plain' },
  partial: { title: 'doctor.verdict.partial', body: 'doctor.verdict.partialBody', tone: 'plain' },
  listen: { title: 'doctor.verdict.listen', body: 'doctor.verdict.listenBody', tone: 'watch' },
  risky: { title: 'doctor.verdict.risky', body: 'doctor.verdict.riskyBody', tone: 'watch' },
  blocked: { title: 'doctor.verdict.blocked', body: 'doctor.verdict.blockedBody', tone: 'watch' },
} as const satisfies Record<
  Verdict,
  { title: PlainKey; body: PlainKey; tone: 'well' | 'plain' | 'watch' }
>;
