import { expect, test, type Page } from '@playwright/test';
import { shopText } from './documents.ts';
import { Designer } from './pages/designer.ts';

/** The shop, whose index commits before it processes and crashes in the midst of a poll; what it has not read waits long enough for others to see. */
const text = shopText((document) => {
  const index = document.nodes.find(({ id }) => id === 'index')!;
  index.config = {
    ...index.config,
    'auto.offset.reset': 'earliest',
    'commit.mode': 'before-processing',
    'max.poll.records': 200,
    'session.timeout.ms': 6000,
  };
  document.nodes.find(({ id }) => id === 'filter')!.config['auto.offset.reset'] = 'earliest';
  Object.assign(document.scenario, {
    durationMs: 30_000,
    faults: [
      { atMs: 9200, action: 'member.crash', node: 'index', member: 0 },
      { atMs: 10_000, action: 'member.restart', node: 'index', member: 0 },
    ],
  });
});

async function runShop(page: Page): Promise<Designer> {
  const designer = new Designer(page);
  await designer.open();
  await designer.openFile('shop.json', text);
  await expect(designer.nodes).toHaveCount(5);
  await designer.runToEnd();
  await designer.dockTab('Ledger');
  return designer;
}

test('[LDGV-4] [LDGV-5] a lost count leads to the crash that lost the records, to the records and to the moment', async ({ page }) => {
  const designer = await runShop(page);
  const routes = designer.dock.getByRole('list', { name: 'Routes from source to sink' });
  await expect(routes.getByText(/[\d,]+ produced, all accounted for/)).toBeVisible();
  await expect(routes.getByRole('img')).toHaveAccessibleName(/^Of [\d,]+ records: [\d,]+ delivered once, [\d,]+ lost, /);
  await routes.getByRole('button', { name: /^lost/ }).click();

  const detail = designer.dock.getByRole('region', { name: 'lost, checkout to search-index' });
  await expect(detail.getByRole('heading')).toHaveText(/\d+ lost from checkout to search-index$/);
  await expect(detail.getByText('Committed before processing: search-index-0 crashed at 9.2 s.')).toBeVisible();
  const show = detail.getByRole('button', { name: /^Show records, orders\.large-\d offsets? / }).first();
  const [, partition, from] = /-(\d) offsets? ([\d,]+)/.exec((await show.getAttribute('aria-label'))!)!;
  await show.click();

  await expect(designer.inspector.getByRole('combobox', { name: 'Topic' })).toHaveValue('large-orders');
  await expect(designer.inspector.getByRole('combobox', { name: 'Partition' })).toHaveValue(partition!);
  await expect(designer.inspector.getByRole('textbox', { name: 'Offset' })).toHaveValue(from!.replaceAll(',', ''));
  await expect(designer.inspector.getByRole('rowheader', { name: `${from!.replaceAll(',', '')} marked` })).toBeVisible();

  // The records count as lost when the next member steps over them, which is after the session of the one that crashed.
  const go = detail.getByRole('button', { name: /^Go to the moment 0:1\d\./ });
  const [, moment] = /moment (\S+)$/.exec((await go.getAttribute('aria-label'))!)!;
  await go.click();
  await expect(designer.clock).toHaveText(`00:0${moment!}`);
  await expect(routes.getByRole('button', { name: /^lost/ })).toBeVisible();
});

test('[LDGV-6] counts, causes and records are reached by the keyboard alone', async ({ page }) => {
  const designer = await runShop(page);
  await designer.tabTo(designer.dock.getByRole('tab', { name: 'Ledger' }));
  await designer.tabTo(designer.dock.getByRole('button', { name: /^delivered once/ }));
  const lost = designer.dock.getByRole('button', { name: /^lost/ });
  for (let i = 0; i < 5 && !(await lost.evaluate((element) => element === document.activeElement)); i++) {
    await page.keyboard.press('ArrowRight');
  }
  await expect(lost).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(lost).toHaveAttribute('aria-pressed', 'true');
  await designer.tabTo(designer.dock.getByRole('button', { name: /^Show records/ }).first());
  await page.keyboard.press('Enter');
  await expect(designer.inspector.getByRole('tab', { name: 'Records' })).toBeFocused();
  await expect(designer.inspector.getByRole('rowheader', { name: /marked/ }).first()).toBeVisible();
});
