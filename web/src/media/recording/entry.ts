import type { Format } from './format';

/** What is known of a recording, kept as JSON beside its file. */
export interface Entry {
  readonly version: 1;
  readonly id: string;
  /** The room's name, or what its owner called it; null for one that was never named. */
  readonly title: string | null;
  readonly of: 'call' | 'alone';
  readonly mime: string;
  readonly suffix: Format['suffix'];
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** `open` while it is being made, and for ever if the tab that made it died. */
  readonly state: 'open' | 'finished';
  /** Known once it is finished. */
  readonly durationMs: number | null;
}

export const MAX_TITLE = 120;

/** Begins with the time, so that names of files sort as their recordings were made. */
export function newId(startedAt: number, random: number): string {
  const tail = Math.floor(random * 36 ** 6).toString(36);
  return `${startedAt.toString(36).padStart(9, '0')}-${tail.padStart(6, '0')}`;
}

/** The file that grows while it is recorded, and what becomes of it. */
export const partName = ({ id, suffix }: Pick<Entry, 'id' | 'suffix'>): string =>
  `${id}.${suffix}.part`;
export const wholeName = ({ id, suffix }: Pick<Entry, 'id' | 'suffix'>): string =>
  `${id}.${suffix}`;
export const entryName = (id: string): string => `${id}.json`;
export const posterName = (id: string): string => `${id}.jpg`;

/** The file that holds the pictures now. */
export function fileOf(entry: Entry): string {
  return entry.state === 'open' ? partName(entry) : wholeName(entry);
}

/** Reads what was written; null for what is not an entry, such as one that a crash cut off. */
export function parseEntry(text: string): Entry | null {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof read !== 'object' || read === null) return null;
  const { id, title, of, mime, suffix, startedAt, state, durationMs } = read as Partial<Entry>;
  if (typeof id !== 'string' || typeof mime !== 'string' || typeof startedAt !== 'number') {
    return null;
  }
  return {
    version: 1,
    id,
    title: typeof title === 'string' ? title : null,
    of: of === 'call' ? 'call' : 'alone',
    mime,
    suffix: suffix === 'mp4' ? 'mp4' : 'webm',
    startedAt,
    state: state === 'finished' ? 'finished' : 'open',
    durationMs: typeof durationMs === 'number' ? durationMs : null,
  };
}

/** The entry of a file that grew but whose own was lost: its name says when and what. */
export function entryOfPart(name: string): Entry | null {
  const found = /^([0-9a-z]{9,})-([0-9a-z]{6})\.(webm|mp4)\.part$/.exec(name);
  if (found === null) return null;
  const suffix = found[3] === 'mp4' ? 'mp4' : 'webm';
  return {
    version: 1,
    id: `${found[1]}-${found[2]}`,
    title: null,
    of: 'alone',
    mime: `video/${suffix}`,
    suffix,
    startedAt: parseInt(found[1] ?? '', 36),
    state: 'open',
    durationMs: null,
  };
}

/** A name that every file system takes: `Standup 2026-11-21 14.05.webm`. */
export function downloadName(title: string, { startedAt, suffix }: Entry): string {
  const at = new Date(startedAt);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const plain = title
    .replace(/[\p{Cc}\\/:*?"<>|]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^[\s.]+|[\s.]+$/g, '')
    .slice(0, MAX_TITLE);
  return `${`${plain} ${day} ${two(at.getHours())}.${two(at.getMinutes())}`.trim()}.${suffix}`;
}
