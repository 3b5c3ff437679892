import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** The peers alone on a page, for the test that holds them in a real browser. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  publicDir: false,
  build: { target: 'es2022', modulePreload: { polyfill: false }, emptyOutDir: true },
});
