import type { IceServer } from '../../protocol/generated';

/** How a client reaches a TURN server. */
export type Transport = 'udp' | 'tcp' | 'tls';

/** The STUN servers alone, each by its address. */
export function stunServers(servers: readonly IceServer[]): string[] {
  return addresses(only(servers, (url) => /^stuns?:/i.test(url)));
}

/** Where servers are, without what one is to know there. */
export function addresses(servers: readonly RTCIceServer[]): string[] {
  return servers.flatMap(({ urls }) => urls);
}

/** The TURN servers alone that are reached in this one way. */
export function turnServers(servers: readonly IceServer[], transport: Transport): RTCIceServer[] {
  return only(servers, (url) => transportOf(url) === transport);
}

/** As RFC 7065 has it: `turns` is TLS, and `turn` is UDP where nothing else is said. */
export function transportOf(url: string): Transport | null {
  const scheme = /^(turns?):/i.exec(url)?.[1]?.toLowerCase();
  if (scheme === undefined) return null;
  if (scheme === 'turns') return 'tls';
  return /[?&]transport=tcp\b/i.test(url) ? 'tcp' : 'udp';
}

function only(servers: readonly IceServer[], wanted: (url: string) => boolean): RTCIceServer[] {
  return servers.flatMap(({ urls, username, credential }) => {
    const kept = urls.filter(wanted);
    if (kept.length === 0) return [];
    return [
      {
        urls: kept,
        ...(typeof username === 'string' ? { username } : {}),
        ...(typeof credential === 'string' ? { credential } : {}),
      },
    ];
  });
}
