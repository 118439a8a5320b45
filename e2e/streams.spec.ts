import { expect, test, type Page } from '@playwright/test';
import { Designer } from './pages/designer.ts';

/** Orders as JSON → a query over ten seconds → its table → a sink, as the text of a file. */
const orders = (sql: string) =>
  JSON.stringify({
    format: 'logjam/pipeline',
    version: 1,
    name: 'Orders',
    description: '',
    nodes: [
      {
        id: 'shop',
        kind: 'producer',
        name: 'shop',
        config: { 'workload.rate': 20, 'value.template': '{"customer": "{{key}}", "amount": {{integer 1 500}}}', 'key.count': 5 },
      },
      { id: 'orders', kind: 'topic', name: 'orders', config: { partitions: 2 } },
      { id: 'count', kind: 'sql', name: 'count-orders', config: { sql } },
      { id: 'counts', kind: 'topic', name: 'counts', config: { partitions: 2, 'cleanup.policy': 'compact' } },
      { id: 'board', kind: 'sink', name: 'board', config: {} },
    ],
    edges: [
      { id: 'e1', source: 'shop', target: 'orders' },
      { id: 'e2', source: 'orders', target: 'count' },
      { id: 'e3', source: 'count', target: 'counts' },
      { id: 'e4', source: 'counts', target: 'board' },
    ],
    cluster: { config: {} },
    scenario: { seed: 5, durationMs: 20_000, faults: [], objectives: [] },
    layout: {
      positions: [
        { node: 'shop', x: 0, y: 0 },
        { node: 'orders', x: 264, y: 0 },
        { node: 'count', x: 528, y: 0 },
        { node: 'counts', x: 0, y: 240 },
        { node: 'board', x: 264, y: 240 },
      ],
    },
  });

async function openOrders(page: Page, sql: string): Promise<Designer> {
  const designer = new Designer(page);
  await designer.open();
  await designer.openFile('orders.json', orders(sql));
  await expect(designer.nodes).toHaveCount(5);
  return designer;
}

const query = 'CREATE TABLE counts AS SELECT customer, COUNT(*) AS n FROM orders GROUP BY customer;';

test('[SQLE-1][SQLE-2][SQLE-4] a query is typed with a fault, told at its place, put right by what is offered, and kept by the keyboard', async ({
  page,
}) => {
  const designer = await openOrders(page, '');
  await designer.select('count-orders');
  const text = designer.inspector.getByRole('textbox', { name: 'sql', exact: true });
  await text.click();
  await page.keyboard.type('CREATE TABLE counts AS SELECT customer, COUNT(*) AS n FROM ordes GROUP BY customer;');
  const problem = designer.inspector.getByRole('list', { name: 'Problems' }).getByRole('button');
  await expect(problem).toHaveText('Line 1, column 60 ORDES does not exist. Did you mean ORDERS?');
  await expect(designer.inspector.locator('.cm-lintRange-error')).toHaveText('ordes');

  await page.keyboard.press('Escape');
  await designer.tabTo(problem);
  await page.keyboard.press('Enter');
  await expect(text).toBeFocused();
  await page.keyboard.press('Control+ArrowRight');
  await page.keyboard.press('Backspace');
  await page.keyboard.press('Backspace');
  await page.keyboard.type('e');
  await expect(page.getByRole('listbox').getByRole('option', { selected: true })).toContainText('ORDERS');
  // A list that has just come up takes no key yet, so that nobody chooses by accident.
  await page.waitForTimeout(200);
  await page.keyboard.press('Enter');
  await expect(text).toContainText('FROM ORDERS GROUP BY');
  await expect(problem).toBeHidden();
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('banner').getByRole('button', { name: 'Undo' })).toBeEnabled();

  await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
  await expect(designer.inspector.getByRole('button', { name: 'Format' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(text).toContainText('GROUP BY CUSTOMER');
  await expect(designer.inspector.locator('.cm-line')).toHaveCount(6);
});

test('[STRV-1] an order is dragged back in time and comes too late, which the query drops; the arrows bring it forward again', async ({
  page,
}) => {
  const designer = await openOrders(page, query.replace('GROUP', 'WINDOW TUMBLING (SIZE 10 SECONDS, GRACE PERIOD 0 SECONDS) GROUP'));
  await designer.dockTab('Streams');
  await designer.dock.getByRole('button', { name: 'Event time' }).click();
  await expect(designer.dock).toContainText('Sample records');
  const record = designer.dock.getByRole('slider', { name: /^Record 10 of orders/ });
  await expect(record).toHaveAttribute('aria-valuetext', /in time$/);
  await record.scrollIntoViewIfNeeded();
  const from = (await record.locator('circle').boundingBox())!;
  await page.mouse.move(from.x + 5, from.y + 5);
  await page.mouse.down();
  await page.mouse.move(from.x - 200, from.y + 5, { steps: 5 });
  await page.mouse.up();
  await expect(record).toHaveAttribute('aria-valuetext', /too late$/);
  await expect(record).toBeFocused();
  await expect(designer.dock.getByRole('region', { name: 'Result' })).toContainText('Its window');
  for (let i = 0; i < 40 && !/in time$/.test((await record.getAttribute('aria-valuetext')) ?? ''); i++)
    await page.keyboard.press('Shift+ArrowRight');
  await expect(record).toHaveAttribute('aria-valuetext', /in time$/);
});

test('[STRV-3] a changelog and its table are played by keys: rows are inserted, changed and deleted', async ({ page }) => {
  const designer = await openOrders(page, query);
  await designer.dockTab('Streams');
  await designer.dock.getByRole('button', { name: 'Stream and table' }).click();
  const player = designer.dock.getByRole('region', { name: 'Stream and table' });
  const table = player.getByRole('table');
  await designer.tabTo(player.getByRole('button', { name: 'One record on' }));
  await expect(player.getByRole('status')).toHaveText('1 of 12 records');
  await expect(table.getByRole('row', { name: /row inserted/ })).toHaveCount(1);
  for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowRight');
  await expect(table.getByRole('row', { name: /row changed/ })).toHaveCount(1);
  for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowRight');
  await expect(table.getByRole('row', { name: /row deleted/ })).toHaveCount(1);
  const rows = await table.getByRole('row').count();
  await page.keyboard.press('ArrowRight');
  await expect(table.getByRole('row', { name: /row deleted/ })).toHaveCount(0);
  expect(await table.getByRole('row').count()).toBeLessThan(rows);
  await page.keyboard.press('Home');
  await expect(player).toContainText('No row yet.');
  await player.getByRole('button', { name: 'Play' }).click();
  await expect(player.getByRole('status')).toHaveText('12 of 12 records', { timeout: 30_000 });
});

test('[STRV-4][STRV-5][STRV-6][STRV-7] the query runs: its topology, tasks and stores are seen, and it answers pull and push queries', async ({
  page,
}) => {
  const designer = await openOrders(page, query);
  await designer.runToEnd();
  await expect(page.getByText('Log kept in memory')).toHaveCount(0);
  await designer.dockTab('Streams');
  const views = designer.dock.getByRole('group', { name: 'View' });
  const topology = designer.dock.getByRole('toolbar', { name: /^Topology/ });
  await expect(topology.getByRole('button', { name: 'Aggregate-GroupBy-repartition Internal topic' })).toHaveCount(1);
  await topology.getByRole('button', { name: 'orders Topic' }).click();
  await page.keyboard.press('ArrowRight');
  await expect(topology.getByRole('button', { pressed: true })).toContainText('Source');
  await expect(designer.dock.getByRole('region', { name: 'Part' })).toContainText('orders');

  await views.getByRole('button', { name: 'Tasks' }).click();
  await expect(designer.dock.getByRole('table', { name: 'Tasks' }).getByRole('row', { name: /^1_0 .* running/ })).toBeVisible();
  await views.getByRole('button', { name: 'State stores' }).click();
  const entries = designer.dock.getByRole('table', { name: /^Entries of/ });
  await expect(entries.getByRole('row')).toHaveCount(6);
  await designer.dock.getByRole('searchbox').fill('key-3');
  await expect(entries.getByRole('row')).toHaveCount(2);

  await views.getByRole('button', { name: 'Queries' }).click();
  const answer = designer.dock.getByRole('region', { name: 'Answer' });
  await designer.dock.getByRole('button', { name: 'SELECT * FROM COUNTS;' }).click();
  await expect(answer.getByRole('heading')).toHaveText('5 rows');
  const count = Number(
    await answer
      .getByRole('row', { name: /^key-3 / })
      .getByRole('cell')
      .nth(1)
      .innerText(),
  );
  expect(count).toBeGreaterThan(10);
  await designer.dock.getByRole('checkbox', { name: 'Push queries from the oldest record' }).check();
  await designer.dock.getByRole('button', { name: 'SELECT * FROM ORDERS EMIT CHANGES LIMIT 5;' }).click();
  await expect(answer.getByRole('status')).toHaveText(/^5 rows so far. The query is over./);
  const statement = designer.dock.getByRole('textbox', { name: 'Statement' });
  await statement.click();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('DROP TABLE counts;');
  await page.keyboard.press('Control+Enter');
  await expect(answer.getByRole('alert')).toContainText('Here statements only ask.');
});
