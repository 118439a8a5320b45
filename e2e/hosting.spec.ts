import { expect, test } from '@playwright/test';
import { inProject } from '../scripts/project.js';
import { serveSite } from '../scripts/siteServer.js';

/** What the built site promises to whoever hosts it: the policy holds, and the designer opens without a network after one visit. */

test('an example opens without a violation of the policy, and nothing is asked of another host', async ({ page, baseURL }) => {
  const complaints: string[] = [];
  const foreign: string[] = [];
  page.on('console', (message) => {
    if (/content security policy|refused to/i.test(message.text())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (/^https?:/.test(request.url()) && !request.url().startsWith(baseURL ?? '')) foreign.push(request.url());
  });
  await page.goto('?example=purchase');
  await expect(page.locator('#root')).not.toBeEmpty();
  await page.waitForLoadState('networkidle');
  expect(complaints).toEqual([]);
  expect(foreign).toEqual([]);
});

test('every file comes with the policy, those of workers too', async ({ request }) => {
  const serviceWorker = await (await request.get('sw.js')).text();
  const files = [...serviceWorker.matchAll(/^ {2}"(\.\/[^"]*)"/gm)].map((match) => match[1] ?? '');
  expect(files.length).toBeGreaterThan(3);
  for (const file of [...files, 'sw.js']) {
    const response = await request.get(file);
    expect(response.status(), file).toBe(200);
    expect(response.headers()['content-security-policy'], file).toMatch(/^default-src 'none'; script-src 'self';/);
  }
});

test('after one visit the designer opens without a network', async ({ page }) => {
  const site = await serveSite({ folder: inProject('dist'), port: 0 });
  await page.goto(site.url);
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  await site.close();
  await page.goto(`${site.url}?example=purchase`);
  await expect(page.locator('#root')).not.toBeEmpty();
  const failed: string[] = [];
  page.on('requestfailed', (request) => {
    // What the reload itself cuts short did not fail for want of a network.
    if (request.failure()?.errorText !== 'net::ERR_ABORTED') failed.push(request.url());
  });
  await page.reload();
  await expect(page.locator('#root')).not.toBeEmpty();
  expect(failed.filter((url) => !url.endsWith('/sw.js'))).toEqual([]);
});
