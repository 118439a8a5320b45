import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { inProject } from '../scripts/project.js';
import { scheduleOf } from '../src/engine/run/schedules/faultSchedules.ts';
import { shopText } from './documents.ts';
import { fingerprintInNode } from './engine.ts';
import { Designer } from './pages/designer.ts';

/** The same document and seed: the same run, in Node and in the browser, whatever people do with its time. */

for (const file of readdirSync(inProject('examples')).filter((name) => name.endsWith('.json'))) {
  test(`${file} has the same fingerprint in Node and in the browser`, async ({ page }) => {
    const text = readFileSync(inProject('examples', file), 'utf8');
    const designer = new Designer(page);
    await designer.open();
    await designer.openFile(file, text);
    await expect(page.getByRole('textbox', { name: 'Pipeline name' })).toHaveValue(JSON.parse(text).name);
    await designer.runToEnd();
    expect(await designer.fingerprint()).toBe(fingerprintInNode(text));
  });
}

test('a schedule of broker faults, opened as the file that the soak writes for a failing seed, replays in the browser', async ({
  page,
}) => {
  const document = scheduleOf(17);
  const text = JSON.stringify(document, null, 2);
  const designer = new Designer(page);
  await designer.open();
  await designer.openFile('17.json', text);
  await expect(page.getByRole('textbox', { name: 'Pipeline name' })).toHaveValue(document.name);
  await designer.runToEnd();
  expect(await designer.fingerprint()).toBe(fingerprintInNode(text));
});

test('pauses, steps, going back and a reload leave the run as it is', async ({ page }) => {
  const designer = new Designer(page);
  await designer.open();
  await designer.openFile('shop.json', shopText());
  await expect(designer.nodes).toHaveCount(5);
  await designer.setSpeed('100');
  await designer.runControls.getByRole('button', { name: 'Play' }).click();
  await expect.poll(() => designer.seconds()).toBeGreaterThan(20);
  await designer.runControls.getByRole('button', { name: 'Pause' }).click();
  await expect(designer.runControls.getByRole('button', { name: 'Play' })).toBeVisible();
  for (let i = 0; i < 3; i++) await page.keyboard.press('.');
  await designer.dockTab('Events');
  const moment = designer.dock.getByRole('button', { name: /^[\d:.]+$/ }).last();
  const early = await moment.innerText();
  await moment.click();
  await expect(designer.clock).toContainText(early.slice(-6));
  await page.keyboard.press('Escape');
  await designer.tab('Live');
  await designer.runControls.getByRole('button', { name: 'Play' }).click();
  await expect.poll(() => designer.seconds()).toBeGreaterThan(30);
  await designer.runControls.getByRole('button', { name: 'Pause' }).click();
  await expect(designer.runControls.getByRole('button', { name: 'Play' })).toBeVisible();
  const stopped = await designer.storedAt();
  await page.reload();
  await expect(designer.nodes).toHaveCount(5);
  await expect.poll(() => designer.seconds()).toBe(stopped);
  await designer.runToEnd();
  expect(await designer.fingerprint()).toBe(fingerprintInNode(shopText()));
});
