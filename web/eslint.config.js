import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import { importX } from 'eslint-plugin-import-x';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

/** Imports flow ui → state → {net, rtc, media} → protocol; `style` is for whoever draws. */
const below = {
  ui: [],
  state: ['ui'],
  net: ['ui', 'state', 'rtc', 'media'],
  rtc: ['ui', 'state', 'net', 'media'],
  media: ['ui', 'state', 'net', 'rtc'],
  protocol: ['ui', 'state', 'net', 'rtc', 'media'],
};
const layers = Object.entries(below).flatMap(([target, above]) =>
  above.map((from) => ({
    target: `./src/${target}`,
    from: `./src/${from}`,
    message: `${target} must not know ${from}: imports flow ui → state → {net, rtc, media} → protocol.`,
  })),
);

export default ts.config(
  { ignores: ['dist/', 'node_modules/', 'src/protocol/generated.ts'] },
  ts.configs.strict,
  svelte.configs.recommended,
  {
    plugins: { 'import-x': importX },
    languageOptions: { globals: { ...globals.browser } },
    settings: {
      'import-x/resolver-next': [createTypeScriptImportResolver()],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
      'import-x/ignore': ['\\.svelte$'],
    },
    rules: {
      'import-x/no-restricted-paths': [
        'error',
        {
          zones: [
            ...layers,
            { target: './src', from: './harness', message: 'The harness is never shipped.' },
            { target: './src/ui', from: './src/net', message: 'The ui speaks to state only.' },
            { target: './src/ui', from: './src/rtc', message: 'The ui speaks to state only.' },
            { target: './src/ui', from: './src/media', message: 'The ui speaks to state only.' },
          ],
        },
      ],
      'import-x/no-cycle': 'error',
      'svelte/no-at-html-tags': 'error',
      // Routes are built by `state/route.ts`, not by SvelteKit's resolver.
      'svelte/no-navigation-without-resolve': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: {
      parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig },
    },
    rules: { 'prefer-const': 'off', 'svelte/prefer-svelte-reactivity': 'off' },
  },
  {
    files: ['src/net/**', 'src/rtc/**', 'src/media/**', 'src/protocol/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['svelte', 'svelte/*', '*.svelte', '*.svelte.ts', '*.svelte.js'],
              message: 'net, rtc, media and protocol know no framework.',
            },
          ],
        },
      ],
    },
  },
);
