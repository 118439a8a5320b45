import { expect, test } from '@playwright/test';
import { shopText } from './documents.ts';
import { Designer } from './pages/designer.ts';

/** One record followed from the record browser: its way as a waterfall in the dock, by the keyboard, with its nodes selected on the canvas. */
test('a record of the browser is followed to the sink; rows open their stages and select their nodes', async ({ page }) => {
  const designer = new Designer(page);
  await designer.open();
  const text = shopText((document) => {
    document.nodes[2]!.config['pass.probability'] = 1;
    document.scenario.durationMs = 20_000;
  });
  await designer.openFile('shop.json', text);
  await expect(designer.nodes).toHaveCount(5);
  await designer.runToEnd();
  const clock = await designer.clock.innerText();
  await designer.select('orders');
  await designer.tab('Records');
  await designer.inspector.getByRole('textbox', { name: 'Offset' }).fill('600');
  await designer.inspector.getByRole('textbox', { name: 'Offset' }).press('Enter');
  await designer.inspector.getByRole('button', { name: '600', exact: true }).click();
  const follow = designer.inspector.getByRole('button', { name: 'Follow this record' });
  await designer.tabTo(follow);
  await page.keyboard.press('Enter');

  await expect(designer.dock.getByRole('tab', { name: 'Record' })).toHaveAttribute('aria-selected', 'true');
  await expect(designer.dock.getByText(/Record [\d,]+ of checkout/)).toBeVisible();
  await expect(designer.dock.getByText(/until search-index was done with it; \d+ % of that: /)).toBeVisible();
  const way = designer.dock.getByRole('listbox', { name: 'Way of the record' });
  await expect(way.getByRole('option')).toHaveCount(4);
  await expect(way.getByRole('option', { selected: true })).toContainText('orders-0@600');
  const stages = designer.dock.getByRole('region', { name: 'Stages' });
  await expect(stages).toContainText(/no key|modulo 6 = 0/);
  await expect(stages.getByRole('rowheader', { name: /Network/ })).toBeVisible();

  await designer.tabTo(way);
  await page.keyboard.press('End');
  await expect(way.getByRole('option', { selected: true })).toContainText('search-index');
  await expect(stages.getByRole('rowheader', { name: /Service/ })).toBeVisible();
  await expect(designer.node('search-index')).toHaveClass(/selected/);
  // The run on the screen stands where it stood.
  expect(await designer.clock.innerText()).toBe(clock);
});
