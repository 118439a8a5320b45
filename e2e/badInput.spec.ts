import { expect, test } from '@playwright/test';
import { shopText } from './documents.ts';
import { Designer } from './pages/designer.ts';

/** Files that cannot be opened: what is wrong is named with its field, and what was open stays open. */

const cases: readonly { readonly name: string; readonly text: string; readonly field: string; readonly message: RegExp }[] = [
  { name: 'words.json', text: 'hello', field: 'the file', message: /hello is not a JSON value/ },
  { name: 'half.json', text: shopText().slice(0, 700), field: '/edges/', message: /ends in the middle/ },
  { name: 'deep.json', text: '['.repeat(1_000_000), field: '/0/0', message: /nested more than/ },
  { name: 'newer.json', text: shopText((d) => (d.version = 99)), field: '/version', message: /version 99/ },
  {
    name: 'kind.json',
    text: shopText((d) => (d.nodes[0]!.kind = 'teleporter')),
    field: '/nodes/0/kind',
    message: /no node kind "teleporter"/,
  },
  { name: 'twice.json', text: shopText((d) => (d.nodes[1]!.id = 'checkout')), field: '/nodes/1/id', message: /Two nodes have the id/ },
  { name: 'dangling.json', text: shopText((d) => (d.edges[0]!.target = 'nobody')), field: '/edges/0/target', message: /"nobody"/ },
  {
    name: 'proto.json',
    text: shopText().replace('"config":{', '"config":{"__proto__":{"polluted":1},'),
    field: '/nodes/0/config/__proto__',
    message: /__proto__" is refused/,
  },
  { name: 'nan.json', text: shopText().replace('120000', 'NaN'), field: '/scenario/durationMs', message: /NaN is not a JSON value/ },
  { name: 'huge.json', text: shopText().replace('120000', '1e400'), field: '/scenario/durationMs', message: /1e400 is larger/ },
  ...(['800', 0, -1, 1_000_000_000] as const).map((partitions, at) => ({
    name: `partitions-${at}.json`,
    text: shopText((d) => (d.nodes[1]!.config.partitions = partitions)),
    field: '/nodes/1/config/partitions',
    message: /orders \(topic\): partitions/,
  })),
];

test('each names file and field, and leaves the open document as it is', async ({ page }) => {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  const designer = new Designer(page);
  await designer.open();
  await designer.openFile('shop.json', shopText());
  await expect(designer.nodes).toHaveCount(5);
  await expect(designer.canvas).toBeFocused();
  await page.keyboard.press('Space');
  await expect(designer.runControls.getByRole('button', { name: 'Pause' })).toBeVisible();
  for (const [at, { name, text, field, message }] of cases.entries()) {
    if (at % 2 === 0) await designer.openFile(name, text);
    else await designer.dropFile(name, text);
    const dialog = designer.findings(name);
    await expect(dialog, name).toBeVisible();
    await expect(dialog).toContainText('The open document is untouched.');
    await expect(dialog.getByRole('row').filter({ hasText: message }).getByRole('rowheader').first(), name).toContainText(field);
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
    await expect(designer.nodes).toHaveCount(5);
  }
  await expect(page.getByRole('textbox', { name: 'Pipeline name' })).toHaveValue('Shop');
  // What was running runs on.
  await expect(designer.runControls.getByRole('button', { name: 'Pause' })).toBeVisible();
  expect(await page.evaluate(() => ({}) as { polluted?: number }).then((object) => object.polluted)).toBeUndefined();
  expect(errors).toEqual([]);
});
