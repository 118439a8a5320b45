import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test, type Locator, type Page } from '@playwright/test';
import type { AxeResults } from 'axe-core';
import { Designer } from './pages/designer.ts';

/** The guarantee matrix as a person uses it: run beside the run on screen, read, taken over, undone. */

const exampleText = readFileSync(new URL('../examples/exactly-once.json', import.meta.url), 'utf8');
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

async function openExample(page: Page, durationMs = 120_000): Promise<Designer> {
  const designer = new Designer(page);
  await designer.open();
  const example = JSON.parse(exampleText) as { scenario: { durationMs: number; faults: { atMs: number }[] } };
  example.scenario.durationMs = durationMs;
  example.scenario.faults = example.scenario.faults.filter(({ atMs }) => atMs < durationMs);
  await designer.openFile('exactly-once.json', JSON.stringify(example));
  await expect(designer.nodes).toHaveCount(8);
  return designer;
}

const matrix = (page: Page): Locator => page.getByRole('dialog', { name: 'Guarantee matrix' });

/** What the table says of a sink: by guarantee, its numbers as text. */
async function figures(
  page: Page,
  sink: number,
): Promise<readonly { readonly duplicated: number; readonly lost: number; readonly words: string }[]> {
  const rows = await matrix(page).getByRole('table').locator('tbody').nth(sink).locator('tr:has(td)').all();
  return Promise.all(
    rows.map(async (row) => {
      const cells = await row.locator('td').allInnerTexts();
      return { duplicated: Number(cells[1]), lost: Number(cells[2]), words: cells.at(-1)! };
    }),
  );
}

test('[MATX-1][MATX-2][MATX-4] at most once loses, at least once repeats, exactly once does neither; taken over and undone', async ({
  page,
}, info) => {
  const designer = await openExample(page);
  await designer.runControls.getByRole('button', { name: 'Play' }).click();
  await page.getByRole('banner').getByRole('button', { name: 'Guarantee matrix' }).click();
  await expect(matrix(page)).toContainText('Seed 1, 10 faults, 2 min of virtual time');

  await matrix(page).getByRole('button', { name: 'Run the matrix' }).click();
  await expect(matrix(page).getByRole('progressbar')).toBeVisible();
  await matrix(page).getByRole('button', { name: 'Cancel' }).click();
  await expect(matrix(page).getByRole('progressbar')).toBeHidden();
  await expect(matrix(page).getByRole('table')).toBeHidden();

  const before = await designer.seconds();
  await matrix(page).getByRole('button', { name: 'Run the matrix' }).click();
  await expect(matrix(page).getByRole('table')).toBeVisible({ timeout: 90_000 });
  await expect.poll(() => designer.seconds()).toBeGreaterThan(before);
  for (const sink of [0, 1]) {
    const [most, least, idempotent, exactly] = await figures(page, sink);
    expect(most!.lost).toBeGreaterThan(0);
    expect(most!.duplicated).toBe(0);
    expect(least!.lost).toBe(0);
    expect(least!.duplicated).toBeGreaterThan(0);
    expect(idempotent!.duplicated).toBeGreaterThan(0);
    expect(exactly).toEqual({ duplicated: 0, lost: 0, words: 'Each once, in order' });
  }
  await page.screenshot({ path: info.outputPath('matrix.png') });

  const card = matrix(page).getByRole('listitem', { name: 'Exactly once' });
  await card.getByRole('button', { name: 'Use this guarantee' }).click();
  await expect(card).toContainText('In use');
  await page.keyboard.press('Escape');
  await expect(matrix(page)).toBeHidden();
  await page.keyboard.press('Escape');
  const setting = designer.inspector.getByRole('combobox', { name: 'Delivery guarantee' });
  await expect(setting).toHaveValue('exactly-once');
  await page.getByRole('banner').getByRole('button', { name: 'Undo' }).click();
  await expect(setting).toHaveValue('');
});

test('[MATX-3][MATX-5] by the keyboard: set, seen on the nodes, and the matrix knows that the pipeline was changed', async ({
  page,
}, info) => {
  const designer = await openExample(page);
  const setting = designer.inspector.getByRole('combobox', { name: 'Delivery guarantee' });
  await setting.selectOption('at-most-once');
  await expect(designer.inspector.getByText(/No record comes twice; some are lost/)).toBeVisible();
  await designer.select('payment requests');
  await designer.inspector.getByText('More settings').click();
  await expect(designer.field('acks')).toHaveValue('0');
  await expect(designer.field('acks')).toBeDisabled();
  await expect(designer.inspector.getByText(/set by the pipeline’s guarantee: at most once/).first()).toBeVisible();
  await page.screenshot({ path: info.outputPath('governed.png') });

  await designer.command('Guarantee matrix');
  await expect(matrix(page)).toBeVisible();
  await designer.tabTo(matrix(page).getByRole('button', { name: 'Run the matrix' }));
  await page.keyboard.press('Enter');
  await expect(matrix(page).getByRole('button', { name: /Cancel|Run it again/ })).toBeFocused();
  await expect(matrix(page).getByRole('table')).toBeVisible({ timeout: 90_000 });
  await expect(matrix(page).getByText('The pipeline has been changed since')).toBeHidden();
  await page.keyboard.press('Escape');
  await designer.configure('accounts, exactly once', { 'service.time.ms': '0.7' });
  await designer.command('Guarantee matrix');
  await expect(matrix(page).getByText('The pipeline has been changed since')).toBeVisible();
});

test('light and dark, 1280 and 1920 wide: the matrix fits and lets everybody in', async ({ page }, info) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await openExample(page);
  await page.getByRole('banner').getByRole('button', { name: 'Guarantee matrix' }).click();
  await matrix(page).getByRole('button', { name: 'Run the matrix' }).click();
  await expect(matrix(page).getByRole('table')).toBeVisible({ timeout: 90_000 });
  await page.evaluate(axeSource);
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
    for (const [width, height] of [
      [1280, 800],
      [1920, 1080],
    ] as const) {
      await page.setViewportSize({ width, height });
      await page.screenshot({ path: info.outputPath(`matrix-${theme}-${width}.png`) });
      const box = (await matrix(page).boundingBox())!;
      expect(box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height).toBe(true);
      expect(await matrix(page).evaluate((dialog) => dialog.scrollWidth - dialog.clientWidth)).toBe(0);
      expect(await violations(page)).toEqual([]);
    }
  }
});

/** What axe finds that keeps people out. */
async function violations(page: Page): Promise<string[]> {
  const results = await page.evaluate(() => (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run());
  const kept = results.violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  return kept.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}
