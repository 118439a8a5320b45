import { readFile } from 'node:fs/promises';
import { expect, test, type Page } from '@playwright/test';
import { unzipSync } from 'fflate';
import { decodeBatch, isBatchFault } from '../src/engine/log/decodeBatch.ts';
import { shopText } from './documents.ts';
import { Designer } from './pages/designer.ts';

/** A partition's log opened on the screen: segments, batches, bytes, and taken along as Kafka's files. */

async function ran(page: Page): Promise<Designer> {
  const designer = new Designer(page);
  await designer.open();
  const text = shopText((document) => {
    document.nodes[0]!.config['record.headers'] = ['trace=4bf9'];
    document.nodes[1]!.config['segment.bytes'] = 200_000;
  });
  await designer.openFile('shop.json', text);
  await expect(designer.nodes).toHaveCount(5);
  await designer.runToEnd();
  await designer.select('orders');
  await designer.tab('Log');
  return designer;
}

test('a segment is opened to its batches, a batch to its bytes, and a field to a sentence, by the keyboard alone', async ({ page }) => {
  const designer = await ran(page);
  const strip = designer.inspector.getByRole('toolbar', { name: 'Segments' });
  await expect(strip.getByRole('button').nth(3)).toBeVisible();
  const oldest = strip.getByRole('button').first();
  await designer.tabTo(strip.locator('[tabindex="0"]'));
  await page.keyboard.press('Home');
  await expect(oldest).toBeFocused();
  await expect(designer.inspector.getByText(/^Offsets 0 to \d+: .* closed\.$/)).toBeVisible();
  await page.keyboard.press('Enter');

  const dialog = page.getByRole('dialog', { name: 'Log of orders, partition 0' });
  const batches = dialog.getByRole('listbox', { name: 'Batches' });
  await expect(batches.getByRole('option', { selected: true })).toContainText('offsets 0 to 1');
  await designer.tabTo(batches);
  await page.keyboard.press('ArrowDown');
  await expect(batches.getByRole('option', { selected: true })).toHaveAttribute('aria-posinset', '2');
  await page.keyboard.press('End');
  await expect(batches.getByRole('option', { selected: true })).toContainText('at 199,');

  const note = dialog.getByRole('region', { name: 'Field' });
  const bytes = dialog.getByRole('grid', { name: 'Bytes of the batch' });
  await designer.tabTo(bytes);
  await page.keyboard.press('Home');
  await expect(note).toContainText('baseOffset');
  await expect(bytes.locator('.lj-byte-marked[role=gridcell]')).toHaveCount(8);
  await page.keyboard.press('ArrowRight');
  await expect(note).toContainText('batchLength');
  await page.keyboard.press('ArrowDown');
  await expect(note).toContainText('lastOffsetDelta');
  await page.keyboard.press('ArrowLeft');
  await expect(note).toContainText('attributes');
  await expect(note).toContainText('bit 5');

  const fields = dialog.getByRole('listbox', { name: 'Fields' });
  await designer.tabTo(fields);
  await page.keyboard.press('End');
  await expect(note).toContainText('headerValue');
  await expect(note).toContainText('4bf9');
  const marked = bytes.locator('.lj-byte-marked[role=gridcell]');
  await expect(marked).toHaveText(['34', '62', '66', '39']);
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(oldest).toBeFocused();
});

test('pointing at bytes marks the field, pointing at a field marks its bytes; the indexes say what leads to a batch', async ({ page }) => {
  const designer = await ran(page);
  await designer.inspector
    .getByRole('button', { name: /open segment/ })
    .last()
    .click();
  const dialog = page.getByRole('dialog', { name: /^Log of orders/ });
  const note = dialog.getByRole('region', { name: 'Field' });
  const bytes = dialog.getByRole('grid', { name: 'Bytes of the batch' });
  await bytes.locator('[role=gridcell][data-at="17"]').hover();
  await expect(note).toContainText('CRC-32C');
  await dialog.getByRole('option', { name: /^magic/ }).hover();
  await expect(bytes.locator('.lj-byte-marked[role=gridcell]')).toHaveText(['02']);
  await dialog.getByRole('listbox', { name: 'Batches' }).focus();
  await page.keyboard.press('End');
  await dialog.getByRole('tab', { name: 'Offset index' }).click();
  await expect(dialog.getByText(/^\d+ entries of 8 bytes\..*Who asks for offset/)).toBeVisible();
  await expect(dialog.getByRole('listbox', { name: 'Offset index' }).getByRole('option', { selected: true })).toContainText('position');
  await dialog.getByRole('tab', { name: 'Time index' }).click();
  await expect(dialog.getByText(/^\d+ entries of 12 bytes/)).toBeVisible();
});

test("a partition is downloaded as a broker's directory, and every batch of it decodes", async ({ page }) => {
  const designer = await ran(page);
  const saving = page.waitForEvent('download');
  await designer.inspector.getByRole('button', { name: "Download as Kafka's files" }).click();
  const saved = await saving;
  expect(saved.suggestedFilename()).toBe('orders-0.zip');
  await expect(designer.inspector.getByRole('list', { name: 'What to know about the files' })).toContainText('retention.ms=-1');
  const files = unzipSync(new Uint8Array(await readFile(await saved.path())));
  const logs = Object.keys(files).filter((name) => name.endsWith('.log'));
  expect(logs.length).toBeGreaterThan(3);
  let offset = 0;
  for (const name of logs) {
    const bytes = files[name]!;
    for (let at = 0; at < bytes.length;) {
      const batch = decodeBatch(bytes, at);
      if (isBatchFault(batch)) throw new Error(batch.detail);
      expect(batch.baseOffset).toBe(offset);
      offset += batch.recordsCount;
      at += batch.sizeBytes;
    }
  }
  expect(offset).toBeGreaterThan(1_000);
  expect(Object.keys(files)).toContain('orders-0/leader-epoch-checkpoint');
});
