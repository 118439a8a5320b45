import { availableParallelism } from 'node:os';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { chromiumArguments, findBrowser } from './scripts/browser.js';

const executablePath = await findBrowser();

export default defineConfig({
  test: {
    // By itself it leaves one processor free, and on a machine with two that is half of all there is.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        test: {
          name: 'unit',
          environment: 'node',
          // Nothing in a test depends on how fast the machine is; this only ends what hangs.
          testTimeout: 120_000,
          include: ['{src,bench,conformance}/**/*.test.ts', 'scripts/**/*.test.js'],
          exclude: ['**/*.browser.test.ts'],
        },
      },
      {
        // What needs a real browser: IndexedDB, workers, the canvas.
        test: {
          name: 'browser',
          testTimeout: 120_000,
          // As in playwright.config.ts: for shared machines that stall. Tests without a browser depend on nothing that could.
          retry: process.env.CI ? 1 : 0,
          include: ['src/**/*.browser.test.{ts,tsx}'],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: { args: chromiumArguments, ...(executablePath ? { executablePath } : {}) } }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
