/**
 * Writes `src/protocol/generated.ts` from `docs/generated/protocol.schema.json`: a type for each
 * message, what answers which command, and the codes and limits as constants. With `--check` it
 * fails where that file is not what it would write.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { compile } from 'json-schema-to-typescript';
import { format } from 'prettier';

const schemaFile = new URL('../../docs/generated/protocol.schema.json', import.meta.url);
const typesFile = new URL('../src/protocol/generated.ts', import.meta.url);

const schema = JSON.parse(await readFile(schemaFile, 'utf8'));

const types = await compile(structuredClone(schema), 'Protocol', {
  additionalProperties: false,
  bannerComment: '// Generated from contracts/ by `npm run types`; a change by hand is lost.',
  // `[string] | [string, string] | …` for a list of at most a hundred helps nobody.
  ignoreMinAndMaxItems: true,
  style: { singleQuote: true, printWidth: 100 },
});

const exchanges = Object.entries(schema['x-exchanges']);
const onSocket = exchanges.filter(([, { via }]) => via.includes('websocket'));

const parts = [
  types.trimEnd(),
  '',
  '/** What answers each command of the websocket, by the tag of the command. */',
  'export interface ReplyByTag {',
  ...onSocket.map(([tag, { reply }]) => `  '${tag}': ${reply};`),
  '}',
  '',
  '/** Each command of the websocket by its tag. */',
  'export interface CommandByTag {',
  ...onSocket.map(([tag, { command }]) => `  '${tag}': ${command};`),
  '}',
  '',
  'export type SocketTag = keyof CommandByTag;',
  '',
  '/** Every error code that this client knows; a newer server may send others. */',
  constant('ERRORS', schema['x-errors']),
  '',
  'export type ErrorCode = keyof typeof ERRORS;',
  '',
  '/** Why a websocket is closed. Below 4500: come back; from there on: do not. */',
  constant('CLOSINGS', schema['x-closings']),
  '',
  constant('LIMITS', schema['x-limits']),
  '',
];
const text = await format(parts.join('\n'), {
  parser: 'typescript',
  singleQuote: true,
  printWidth: 100,
});

if (process.argv.includes('--check')) {
  if ((await readFile(typesFile, 'utf8').catch(() => '')) !== text) {
    console.error('src/protocol/generated.ts is not what contracts/ says: run `make docs`');
    process.exit(1);
  }
} else {
  await writeFile(typesFile, text);
}

function constant(name, value) {
  return `export const ${name} = ${JSON.stringify(value, null, 2).replaceAll('"', "'")} as const;`;
}
