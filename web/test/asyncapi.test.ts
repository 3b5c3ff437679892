import { readFile } from 'node:fs/promises';
import specs from '@asyncapi/specs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';

// The specification brings its own copy of the draft-07 meta-schema.
const ajv = new Ajv({ strict: false, meta: false, validateFormats: false });
const isAsyncApi = ajv.compile(withoutMeta(specs.schemas['3.0.0']));

/** The specification says which dialect it is written in; ajv needs no copy of that to read it. */
function withoutMeta(schema: object): object {
  return JSON.parse(
    JSON.stringify(schema, (key, value: unknown) => (key === '$schema' ? undefined : value)),
  ) as object;
}

async function generated(name: string): Promise<Record<string, unknown>> {
  const file = new URL(`../../docs/generated/${name}`, import.meta.url);
  return JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
}

describe.each(['asyncapi-bus.json', 'asyncapi-websocket.json'])('%s', (name) => {
  it('is a valid AsyncAPI 3.0 document', async () => {
    const valid = isAsyncApi(await generated(name));
    expect(isAsyncApi.errors ?? []).toEqual([]);
    expect(valid).toBe(true);
  });

  it('is refused once a channel loses its address', async () => {
    const document = await generated(name);
    expect(isAsyncApi({ ...document, channels: { broken: { address: 7 } } })).toBe(false);
  });

  it('refers to nothing that is not there', async () => {
    const document = await generated(name);
    const missing = references(document).filter((ref) => resolved(document, ref) === undefined);
    expect(missing).toEqual([]);
  });
});

function references(part: unknown): string[] {
  if (typeof part !== 'object' || part === null) return [];
  const own = '$ref' in part && typeof part.$ref === 'string' ? [part.$ref] : [];
  return [...own, ...Object.values(part).flatMap(references)];
}

function resolved(document: unknown, ref: string): unknown {
  return ref
    .replace(/^#\//, '')
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>(
      (part, step) => (part as Record<string, unknown> | undefined)?.[step],
      document,
    );
}
