/** The kinds of file a browser can write, the best first. */
const KINDS = [
  { mime: 'video/webm;codecs=vp9,opus', suffix: 'webm' },
  { mime: 'video/webm;codecs=vp8,opus', suffix: 'webm' },
  { mime: 'video/webm', suffix: 'webm' },
  { mime: 'video/mp4;codecs=avc1.42E01E,mp4a.40.2', suffix: 'mp4' },
  { mime: 'video/mp4', suffix: 'mp4' },
] as const;

export interface Format {
  readonly mime: string;
  readonly suffix: 'webm' | 'mp4';
}

/**
 * With fewer cores VP9 would take from the call what it saves on disk: encoding 720p costs about
 * twice as much as VP8.
 */
const CORES_FOR_VP9 = 4;

/** The best file this browser writes on this machine; null where it records nothing. */
export function bestFormat(writes: (mime: string) => boolean, cores: number): Format | null {
  const possible = KINDS.filter(({ mime }) => writes(mime));
  const light = possible.filter(({ mime }) => !mime.includes('vp9'));
  return (cores < CORES_FOR_VP9 ? light[0] : undefined) ?? possible[0] ?? null;
}
