import { expect, test } from '@playwright/test';
import { shopText } from './documents.ts';
import { Designer } from './pages/designer.ts';

/** Lag that explains itself: one key of a design is hot, and the screen says which, where, and what would help. */

/** The shop's filter with four members on four partitions; most orders are of one customer. */
function hotText(share: number): string {
  return shopText((document) => {
    Object.assign(document.nodes[0]!.config, {
      'workload.rate': 400,
      'key.shape': 'hot',
      'key.hot.share': share,
      'key.prefix': 'customer-',
    });
    document.nodes[1]!.config['partitions'] = 4;
    Object.assign(document.nodes[2]!.config, {
      instances: 4,
      'group.id': 'pricing',
      'service.time.ms': 5,
      'auto.offset.reset': 'earliest',
    });
    document.scenario.durationMs = 600_000;
  });
}

async function run(designer: Designer, share: number): Promise<void> {
  await designer.open();
  await designer.openFile('shop.json', hotText(share));
  await expect(designer.nodes).toHaveCount(5);
  await designer.select('large');
  await designer.runControls.getByRole('button', { name: 'Play' }).click();
}

for (const scheme of ['light', 'dark'] as const) {
  test(`[LAGV-2] a hot key (${scheme}): the inspector names it, its partition and the remedy; its partition leads to the group`, async ({
    page,
  }, info) => {
    await page.emulateMedia({ colorScheme: scheme });
    const designer = new Designer(page);
    await run(designer, 0.7);
    await designer.tab('Live');
    const why = designer.liveNumber('Why records wait');
    await expect(why).toHaveText(/hot key/, { timeout: 30_000 });
    await page.screenshot({ path: info.outputPath('live.png') });
    await why.getByRole('button').click();

    const causes = designer.inspector.getByRole('region', { name: 'Why records wait' });
    const hot = causes.getByRole('listitem').filter({ hasText: 'hot key' }).first();
    await expect(hot).toContainText(/Partition \d of orders gets .* records\/s, \d+ % of the topic where 25 % would be even/);
    await expect(hot).toContainText(/Key "customer-1" alone is \d+ % of [\d,]+ sampled records/);
    await expect(hot).toContainText('More members or partitions will not help');
    await expect(causes.getByText('never at this rate')).toBeVisible();
    await page.screenshot({ path: info.outputPath('explain.png') });

    const place = hot.getByRole('button', { name: /orders-\d$/ });
    const partition = Number(/\d$/.exec(await place.innerText())![0]);
    await designer.tabTo(place);
    await page.keyboard.press('Enter');
    const row = designer.dock
      .getByRole('region', { name: 'Offsets by partition' })
      .getByRole('row')
      .nth(partition + 1);
    await expect(row).toHaveAttribute('data-chosen', 'true');
    await expect(designer.dock.getByRole('region', { name: 'Causes of the lag' })).toContainText('customer-1');
    await page.screenshot({ path: info.outputPath('group.png') });
  });
}

test('[LAGV-2] the same design without a hot key keeps up, and nothing is blamed', async ({ page }) => {
  const designer = new Designer(page);
  await run(designer, 0);
  await designer.tab('Explain');
  const causes = designer.inspector.getByRole('region', { name: 'Why records wait' });
  await expect(causes).toContainText('Nothing has waited for a second');
  await designer.tab('Live');
  await expect(designer.liveNumber('Why records wait')).toHaveText('nothing waits');
  await expect(designer.liveNumber('Records read')).not.toHaveText('0');
});
