/** What a peer reads in a session description (RFC 8866), and the one line that it adds. */

const lines = (sdp: string): string[] => sdp.split(/\r?\n/);

/** The DTLS fingerprints (RFC 8122), each once and in the order of the description. */
export function fingerprints(sdp: string): string[] {
  const prefix = 'a=fingerprint:';
  const found = lines(sdp).filter((line) => line.startsWith(prefix));
  return [...new Set(found.map((line) => line.slice(prefix.length).trim()))];
}

/**
 * Which connection made a description. Its certificate is its own and stays the same as long as it
 * lives, so a peer that begins anew shows by another fingerprint.
 */
export function maker(sdp: string): string {
  return fingerprints(sdp).sort().join(' ');
}

/** Which of a connection's descriptions it is: session id and version of the `o=` line. */
export function version(sdp: string): string | null {
  const found = /^o=\S+ (\d+ \d+) /m.exec(sdp);
  return found?.[1] ?? null;
}

/**
 * Whether the maker gathers and trickles like a browser (RFC 8840). Who does not can't restart ICE
 * either, as far as is known: then a new connection takes its place.
 */
export function trickles(sdp: string): boolean {
  return lines(sdp).some((line) => /^a=ice-options:(.* )?trickle\b/.test(line));
}

/** Whether an offer restarts ICE: its names are others than those agreed on (RFC 8839, 4.4.3). */
export function restarts(offer: string, agreed: string): boolean {
  return iceName(offer) !== iceName(agreed);
}

function iceName(sdp: string): string | undefined {
  return lines(sdp).find((line) => line.startsWith('a=ice-ufrag:'));
}

/** Whether an offer is told for the second time; candidates found meanwhile make no difference. */
export function isSameOffer(one: string, other: string): boolean {
  if (one === other) return true;
  // Who does not trickle counts versions in seconds, so that two offers may have the same.
  return trickles(other) && version(one) !== null && version(one) === version(other);
}

const ANSWERED = 'a=x-parley-answers:';

/**
 * Names the offer in its answer. An offer may be taken back, or told twice where an answer was
 * lost; without this a late answer would pass as that to the next offer. Parsers skip the line.
 */
export function answering(answer: string, offer: string): string {
  const told = version(offer);
  if (told === null) return answer;
  return answer.replace(/^m=/m, `${ANSWERED}${told}\r\nm=`);
}

/** The version of the offer that an answer names; null where it names none. */
export function answered(answer: string): string | null {
  const line = lines(answer).find((each) => each.startsWith(ANSWERED));
  return line?.slice(ANSWERED.length).trim() ?? null;
}
