/** The bench's pages, built as the designer is built, and a browser to show them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { type BrowserContext, chromium } from 'playwright';
import { build } from 'vite';
import { chromiumArguments } from '../../scripts/browser.js';
import { inProject } from '../../scripts/project.js';
import { serveSite } from '../../scripts/siteServer.js';

export interface BenchSite {
  readonly url: string;
  readonly context: BrowserContext;
  close(): Promise<void>;
}

async function buildPages(): Promise<string> {
  const root = inProject('bench', 'pages');
  const outDir = inProject('.cache', 'bench', 'site');
  const input = Object.fromEntries(['live', 'naive', 'idle', 'storage'].map((name) => [name, join(root, `${name}.html`)]));
  await build({
    configFile: false,
    logLevel: 'warn',
    root,
    base: './',
    plugins: [react()],
    resolve: { alias: { 'react-style-singleton': inProject('src', 'editor', 'theme', 'constructedStyles.ts') } },
    worker: { format: 'es' },
    build: { outDir, emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0, chunkSizeWarningLimit: 4000, rolldownOptions: { input } },
  });
  return outDir;
}

/** Builds, serves and opens a browser with a profile on disk: a default context would keep IndexedDB in memory. */
export async function openBenchSite(executablePath: string): Promise<BenchSite> {
  const folder = await buildPages();
  const server = await serveSite({ folder, port: 0 });
  const profile = mkdtempSync(join(tmpdir(), 'logjam-bench-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    args: chromiumArguments,
    viewport: { width: 1600, height: 1000 },
  });
  return {
    url: server.url,
    context,
    async close() {
      await context.close();
      await server.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
