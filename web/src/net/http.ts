import { ERRORS, type Error as Refusal, type ErrorCode } from '../protocol/generated';
import { Refused, refusedHere } from '../protocol/refused';

export type Fetch = (input: string, init: RequestInit) => Promise<Response>;

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** Sent as JSON; a `Blob` is sent as it is. */
  readonly body?: object;
  readonly token?: string;
  /** Goes on when the page is left, so that what the server sets is not lost. */
  readonly keepalive?: boolean;
}

/** Longer than the server takes before it gives up by itself. */
const ANSWER_MS = 20_000;

/**
 * One request to the HTTP API; its answer is the JSON body, or null where there is none.
 *
 * @throws {Refused} and nothing else.
 */
export async function call<T>(
  fetch: Fetch,
  { method, path, body, token, keepalive }: Call,
): Promise<T> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
  if (body instanceof Blob) headers['content-type'] = body.type;
  else if (body !== undefined) headers['content-type'] = 'application/json';

  const response = await fetch(path, {
    method,
    headers,
    credentials: 'same-origin',
    cache: 'no-store',
    signal: AbortSignal.timeout(ANSWER_MS),
    ...(keepalive === true && { keepalive }),
    ...(body !== undefined && { body: body instanceof Blob ? body : JSON.stringify(body) }),
  }).catch((thrown: unknown) => {
    const isLate = thrown instanceof DOMException && thrown.name === 'TimeoutError';
    throw refusedHere(isLate ? 'client.timeout' : 'client.offline');
  });

  const text = await response.text().catch(() => {
    throw refusedHere('client.lost');
  });
  if (!response.ok) throw new Refused(refusalOf(response.status, parsed(text)));
  // What answers which path is the server's promise, stated in its OpenAPI document.
  return parsed(text) as T;
}

function parsed(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isKnown(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}

/** A problem document (RFC 9457) as a refusal. What is no such document came from a proxy. */
function refusalOf(status: number, body: unknown): Refusal {
  const problem = (typeof body === 'object' && body !== null ? body : {}) as Partial<
    Record<string, unknown>
  >;
  const { code, detail, title, retry_after, field, incident } = problem;
  if (typeof code !== 'string') {
    const isPassing = status === 429 || status >= 500;
    const { refusal } = refusedHere('client.broken');
    return isPassing ? { ...refusal, code: 'request.unavailable', retryable: true } : refusal;
  }
  const sentence = [detail, title].find((words) => typeof words === 'string') ?? code;
  return {
    t: 'error',
    code,
    message: sentence,
    retryable: isKnown(code) ? ERRORS[code].retryable : status === 429 || status >= 500,
    retry_after: typeof retry_after === 'number' ? retry_after : null,
    field: typeof field === 'string' ? field : null,
    incident: typeof incident === 'string' ? incident : null,
  };
}
