/** One m-line of a scripted description. */
export interface Section {
  readonly mid: string;
  readonly kind: 'audio' | 'video';
  readonly direction: RTCRtpTransceiverDirection;
  readonly stream: string | null;
}

/** What a scripted description says. */
export interface Content {
  readonly maker: string;
  readonly version: number;
  readonly ufrag: string;
  readonly trickles: boolean;
  readonly sections: readonly Section[];
}

export function written({ maker, version, ufrag, trickles, sections }: Content): string {
  const lines = [
    'v=0',
    `o=- ${maker.replace(/\D/g, '')} ${String(version)} IN IP4 127.0.0.1`,
    's=-',
    `a=fingerprint:sha-256 ${maker}`,
    ...(trickles ? ['a=ice-options:trickle'] : []),
    ...sections.flatMap(({ mid, kind, direction, stream }) => [
      `m=${kind} 9 UDP/TLS/RTP/SAVPF 96`,
      `a=mid:${mid}`,
      `a=ice-ufrag:${ufrag}`,
      `a=${direction}`,
      ...(stream === null ? [] : [`a=msid:${stream} -`]),
    ]),
  ];
  return lines.map((line) => `${line}\r\n`).join('');
}

export function read(sdp: string): Content {
  const [head = '', ...media] = sdp.split(/^(?=m=)/m);
  const field = (text: string, pattern: RegExp): string | null => pattern.exec(text)?.[1] ?? null;
  return {
    maker: field(head, /^a=fingerprint:sha-256 (\S+)/m) ?? '',
    version: Number(field(head, /^o=\S+ \d+ (\d+)/m)),
    ufrag: field(sdp, /^a=ice-ufrag:(\S+)/m) ?? '',
    trickles: /^a=ice-options:trickle/m.test(head),
    sections: media.map((section) => ({
      mid: field(section, /^a=mid:(\S+)/m) ?? '',
      kind: section.startsWith('m=audio') ? 'audio' : 'video',
      direction: field(
        section,
        /^a=(sendrecv|sendonly|recvonly|inactive)/m,
      ) as RTCRtpTransceiverDirection,
      stream: field(section, /^a=msid:(\S+)/m),
    })),
  };
}

export const sending = (direction: RTCRtpTransceiverDirection | null): boolean =>
  direction === 'sendrecv' || direction === 'sendonly';

export const receiving = (direction: RTCRtpTransceiverDirection | null): boolean =>
  direction === 'sendrecv' || direction === 'recvonly';

export function direction(sends: boolean, receives: boolean): RTCRtpTransceiverDirection {
  if (sends) return receives ? 'sendrecv' : 'sendonly';
  return receives ? 'recvonly' : 'inactive';
}

/** The same direction, seen from the other side. */
export function reversed(seen: RTCRtpTransceiverDirection): RTCRtpTransceiverDirection {
  return direction(receiving(seen), sending(seen));
}

/** What both of two directions allow. */
export function both(
  one: RTCRtpTransceiverDirection,
  other: RTCRtpTransceiverDirection,
): RTCRtpTransceiverDirection {
  return direction(sending(one) && sending(other), receiving(one) && receiving(other));
}

/** A new offer keeps the m-lines that were agreed on, in their order (RFC 8829 §5.2.2). */
export function mustKeepLines(agreed: readonly Section[], offered: readonly Section[]): void {
  agreed.forEach(({ mid, kind }, index) => {
    if (offered[index]?.mid !== mid || offered[index].kind !== kind) {
      throw new DOMException('m-lines changed their order', 'InvalidAccessError');
    }
  });
}

export function invalidState(message: string): DOMException {
  return new DOMException(message, 'InvalidStateError');
}
