import { expect, test, type Locator, type Page } from '@playwright/test';
import { shopText } from './documents.ts';
import { Designer } from './pages/designer.ts';

/** A group as a person sees it while partitions move: who gives up what, who waits for it, and what is read on meanwhile. */

/** The shop with two members of the filter, each of whose polls takes long enough to be looked at. */
function groupText(config: Record<string, unknown>): string {
  return shopText((document) => {
    Object.assign(document.nodes[2]!.config, {
      instances: 2,
      'group.id': 'pricing',
      'service.time.ms': 10,
      'max.poll.records': 300,
      'auto.offset.reset': 'earliest',
      ...config,
    });
    document.nodes[0]!.config['workload.rate'] = 150;
    document.scenario.durationMs = 600_000;
  });
}

async function openGroup(page: Page, config: Record<string, unknown>): Promise<Designer> {
  const designer = new Designer(page);
  await designer.open();
  await designer.openFile('shop.json', groupText(config));
  await expect(designer.nodes).toHaveCount(5);
  await designer.dockTab('Groups');
  await designer.select('large');
  await designer.runControls.getByRole('button', { name: 'Play' }).click();
  await expect(designer.dock.getByRole('group', { name: 'Group pricing' })).toContainText('Stable');
  return designer;
}

const row = (designer: Designer, member: number) => designer.dock.getByRole('row', { name: new RegExp(`^large-${member} `) });
/** Cells of a member by what they say. */
const cells = (designer: Designer, member: number, words: string) =>
  row(designer, member).locator('.lj-group-cell', { hasText: new RegExp(`${words}$`) });
const partitionRow = (designer: Designer, partition: number) =>
  designer.dock
    .getByRole('region', { name: 'Offsets by partition' })
    .getByRole('row')
    .nth(partition + 1);
const number = async (cell: Locator) => Number((await cell.innerText()).replace(/[^\d]/g, ''));

async function pause(designer: Designer): Promise<void> {
  await designer.runControls.getByRole('button', { name: 'Pause' }).click();
  await expect(designer.runControls.getByRole('button', { name: 'Play' })).toBeVisible();
}

for (const [name, config, protocol] of [
  ['cooperative', { 'partition.assignment.strategy': 'cooperative-sticky' }, 'Classic protocol, cooperative'],
  ['the consumer protocol', { 'group.protocol': 'consumer' }, 'Consumer protocol'],
] as const) {
  test(`[GRPV-2] ${name}: partitions that stay are read on; the ones that move show both owners`, async ({ page }, info) => {
    const designer = await openGroup(page, config);
    const strip = designer.dock.getByRole('group', { name: 'Group pricing' });
    await expect(strip).toContainText(protocol);
    await expect(cells(designer, 0, '(owned|new)')).toHaveCount(3);
    await expect(cells(designer, 1, '(owned|new)')).toHaveCount(3);
    await pause(designer);

    await strip.getByRole('button', { name: 'Add member' }).click();
    await expect(row(designer, 2)).toBeVisible();
    await designer.runControls.getByRole('button', { name: 'Play' }).click();
    await expect(cells(designer, 2, 'waits for it').first()).toBeVisible();
    await pause(designer);
    // Of two members with three partitions each the third gets one from both.
    const waiting = await cells(designer, 2, 'waits for it').allInnerTexts();
    const moving = Number(/\d+/.exec(waiting[0]!)![0]);
    const states = await Promise.all([0, 1].map((member) => row(designer, member).locator('.lj-group-cell').allInnerTexts()));
    const staying = [0, 1, 2, 3, 4, 5].filter((partition) => !waiting.some((text) => text.startsWith(String(partition))));
    for (const partition of staying)
      expect(states.flat().some((text) => new RegExp(`^${partition}\\b.*(owned|new)$`, 's').test(text))).toBe(true);
    expect(states.flat().some((text) => new RegExp(`^${moving}\\b`).test(text) && !/to give up$/.test(text))).toBe(false);
    await page.screenshot({ path: info.outputPath('moving.png') });

    const position = (partition: number) => partitionRow(designer, partition).getByRole('cell').nth(4);
    const before = await Promise.all(staying.map((partition) => number(position(partition))));
    await designer.runControls.getByRole('button', { name: 'Play' }).click();
    await expect(strip).toContainText('Stable');
    await expect(cells(designer, 2, 'new')).toHaveCount(2);
    await pause(designer);
    for (const [i, partition] of staying.entries()) expect(await number(position(partition))).toBeGreaterThan(before[i]!);
    const words = designer.dock.getByRole('region', { name: 'Rebalances' });
    await expect(words).toContainText(/partitions? stood still/);
    await page.screenshot({ path: info.outputPath('moved.png') });
  });
}

test('[GRPV-6] a member crashed by a click holds its partitions; restarted it has them again; a share group shows its ranges', async ({
  page,
}, info) => {
  const designer = await openGroup(page, { 'group.protocol': 'share', 'share.auto.offset.reset': 'earliest' });
  const strip = designer.dock.getByRole('group', { name: 'Group pricing' });
  await expect(strip).toContainText('Share group');
  await expect(cells(designer, 0, 'owned')).toHaveCount(6);
  await expect(cells(designer, 1, 'owned')).toHaveCount(6);
  await expect.poll(() => number(partitionRow(designer, 0).getByRole('cell').nth(3))).toBeGreaterThan(0);
  await expect(designer.dock.getByRole('img', { name: /^orders-0: \d+ acquired/ })).toBeVisible();

  await row(designer, 1).getByRole('button', { name: 'Crash large-1' }).click();
  await expect(row(designer, 1)).toContainText('down, not noticed');
  await expect(cells(designer, 1, 'held')).toHaveCount(6);
  await page.screenshot({ path: info.outputPath('share.png') });
  await row(designer, 1).getByRole('button', { name: 'Restart large-1' }).click();
  await expect(row(designer, 1)).toContainText('stable');
  await pause(designer);
  const { scenario } = JSON.parse(await designer.saveAsFile());
  expect(scenario.faults.map(({ action }: { action: string }) => action)).toEqual(['member.crash', 'member.restart']);
});

test('[GRPV-5] a group is opened from its node and chosen by name, by the keyboard', async ({ page }) => {
  const designer = await openGroup(page, {});
  await designer.dockTab('Charts');
  await designer.tab('Live');
  await designer.inspector.getByRole('button', { name: 'Open the group' }).click();
  const choice = designer.dock.getByRole('combobox', { name: 'Group' });
  await expect(choice).toHaveValue('pricing');
  await designer.select('search-index');
  await expect(choice).toHaveValue('search-index');
  await choice.selectOption('pricing');
  await expect(designer.dock.getByRole('group', { name: 'Group pricing' })).toContainText('Classic protocol, eager');
  await pause(designer);
  const bar = designer.dock.getByRole('region', { name: 'Rebalances' }).getByRole('button').last();
  await designer.tabTo(bar);
  await expect(bar).toHaveAccessibleName(/^At 0:0\d\.\d+, took /);
});

test('[CON-25] [GRPV-6] reading is paused and resumed by a click: lag grows, then falls, and nothing rebalances', async ({
  page,
}, info) => {
  const designer = await openGroup(page, { 'service.time.ms': 1, 'partition.assignment.strategy': 'cooperative-sticky' });
  const strip = designer.dock.getByRole('group', { name: 'Group pricing' });
  const generation = async () => /generation \d+/.exec(await strip.innerText())![0];
  const lag = async () => Number(/lag ([\d,.]+)/.exec(await strip.innerText())![1]!.replace(/\D/g, ''));
  await expect(cells(designer, 0, '(owned|new)')).toHaveCount(3);
  await expect(cells(designer, 1, '(owned|new)')).toHaveCount(3);
  const before = await generation();

  await row(designer, 0).getByRole('button', { name: 'Pause reading of large-0' }).click();
  await expect(cells(designer, 0, 'paused')).toHaveCount(3);
  await expect(cells(designer, 1, '(owned|new)')).toHaveCount(3);
  await expect.poll(lag).toBeGreaterThan(200);
  await page.screenshot({ path: info.outputPath('paused.png') });
  await expect(strip).toContainText('Stable');
  expect(await generation()).toBe(before);

  await row(designer, 0).getByRole('button', { name: 'Resume reading of large-0' }).click();
  await expect(cells(designer, 0, '(owned|new)')).toHaveCount(3);
  await expect.poll(lag).toBeLessThan(100);
  expect(await generation()).toBe(before);

  // A seek to the earliest brings the lag back, and is a step of its own.
  await row(designer, 1).getByRole('button', { name: 'Seek large-1' }).click();
  await designer.page.getByRole('menuitem', { name: /To the earliest/ }).click();
  await expect.poll(lag).toBeGreaterThan(200);
  expect(await generation()).toBe(before);
});

test('[CON-30] [GRPV-7] a consumer with a rack reads from the followers there, and the view says so', async ({ page }, info) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  const designer = new Designer(page);
  await designer.open();
  const text = shopText((document) => {
    Object.assign(document.nodes[1]!.config, { 'replication.factor': 3 });
    Object.assign(document.nodes[2]!.config, { 'group.id': 'pricing', 'client.rack': 'b', 'auto.offset.reset': 'earliest' });
    Object.assign(document.cluster.config, {
      brokers: 3,
      'broker.racks': ['a', 'b', 'c'],
      'rack.latency.ms': 5,
      'replica.selector.class': 'org.apache.kafka.common.replica.RackAwareReplicaSelector',
    });
  });
  await designer.openFile('shop.json', text);
  await designer.dockTab('Groups');
  await designer.select('large');
  await designer.runControls.getByRole('button', { name: 'Play' }).click();
  await expect(designer.dock.getByRole('group', { name: 'Group pricing' })).toContainText('Stable');
  // Of six partitions broker 1 in rack b leads two and follows the others.
  const from = designer.dock.getByRole('region', { name: 'Offsets by partition' }).getByRole('cell', { name: /^1( ?, a follower)?$/ });
  await expect(from).toHaveCount(6);
  await expect(designer.dock.getByRole('cell', { name: /^1 ?, a follower$/ })).toHaveCount(4);
  await page.screenshot({ path: info.outputPath('nearest.png') });
});
