import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { safeAndOffline } from './scripts/offline.js';
import { inProject } from './scripts/project.js';

export default defineConfig({
  // Relative paths: the site works in any folder of any host.
  base: './',
  plugins: [react(), safeAndOffline()],
  // Dialogs and menus would write <style> elements with it, which the policy forbids.
  // So would the editor of SQL with style-mod.
  resolve: {
    alias: {
      'react-style-singleton': inProject('src', 'editor', 'theme', 'constructedStyles.ts'),
      'style-mod': inProject('src', 'editor', 'theme', 'styleModules.ts'),
    },
  },
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    // Nothing inline: the policy forbids `data:` fonts and scripts, and a file of its own can be cached.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 4000,
    reportCompressedSize: false,
  },
});
