import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

/** The client on a scripted source, for looking at its states; nothing of this is shipped. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  publicDir: fileURLToPath(new URL('../public', import.meta.url)),
  plugins: [svelte({ configFile: '../svelte.config.js' })],
  server: { host: '127.0.0.1', fs: { allow: ['..'] } },
});
