import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

// The gateway serves `dist/` and answers `/api` and `/ws`; in development Vite passes both on to it.
const gateway = process.env['PARLEY_GATEWAY'] ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [svelte()],
  build: {
    target: 'es2022',
    outDir: 'dist',
    // A data: URL for a small asset would need `data:` in font-src; files are cached forever anyway.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The names of all emoji in one language are 600 kB, 90 kB on the wire, fetched when asked for.
    chunkSizeWarningLimit: 700,
  },
  // The worker at the disk fetches what finishes a file only when one is to be finished.
  worker: { format: 'es' },
  server: {
    host: '127.0.0.1',
    proxy: {
      '/api': { target: gateway },
      '/ws': { target: gateway, ws: true },
    },
  },
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    environment: 'node',
    // A property is tried hundreds of times: seconds, on a machine that has other things to do.
    testTimeout: 60_000,
    // For the same reason no second, but half of that, for what is asked until it is true.
    expect: { poll: { timeout: 30_000 } },
  },
});
