import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { safeAndOffline } from './scripts/offline.js';

export default defineConfig({
  // Relative paths: the site works in any folder of any host.
  base: './',
  plugins: [react(), safeAndOffline()],
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    // Nothing inline: the policy forbids `data:` fonts and scripts, and a file of its own can be cached.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2000,
    reportCompressedSize: false,
  },
});
