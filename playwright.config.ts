import { createServer } from 'node:net';
import { defineConfig } from '@playwright/test';
import { chromiumArguments, findBrowser } from './scripts/browser.js';

const executablePath = await findBrowser();

// Each worker process reads this file again; the first one's port comes to them through the environment.
process.env.LOGJAM_E2E_PORT ??= String(await freePort());
const baseURL = `http://localhost:${process.env.LOGJAM_E2E_PORT}/`;

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  fullyParallel: false,
  workers: 1,
  // A shared machine may stall for seconds. A test that passes only the second time is named as flaky in the output.
  retries: process.env.CI ? 1 : 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 120_000,
  expect: { timeout: 30_000 },
  reporter: 'list',
  use: {
    baseURL,
    browserName: 'chromium',
    viewport: { width: 1280, height: 800 },
    trace: 'off',
    launchOptions: { args: chromiumArguments, ...(executablePath ? { executablePath } : {}) },
  },
  webServer: {
    // The built site with its real headers, so that the tests see what users get.
    command: `node scripts/preview.js --build --port ${process.env.LOGJAM_E2E_PORT}`,
    url: baseURL,
    reuseExistingServer: false,
    timeout: 120_000,
  },
});

function freePort(): Promise<number> {
  return new Promise((settle, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => settle(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
