import { expect, test, type Page } from '@playwright/test';
import { shopText } from './documents.ts';
import { Designer } from './pages/designer.ts';

/** The cluster as a person sees it: a broker is killed by a click, leaders move, it starts again, and every replica is in sync again. */

/** The shop with three copies of each partition on three brokers; a broker's death is noticed after two seconds. */
function replicatedText(): string {
  return shopText((document) => {
    for (const index of [1, 3]) Object.assign(document.nodes[index]!.config, { 'replication.factor': 3, 'min.insync.replicas': 2 });
    const config: Record<string, unknown> = document.cluster.config;
    config['broker.session.timeout.ms'] = 2_000;
    config['broker.heartbeat.interval.ms'] = 500;
    config['replica.lag.time.max.ms'] = 2_000;
    document.scenario.durationMs = 600_000;
  });
}

async function openCluster(page: Page): Promise<Designer> {
  const designer = new Designer(page);
  await designer.open();
  await designer.openFile('shop.json', replicatedText());
  await expect(designer.nodes).toHaveCount(5);
  await designer.dockTab('Cluster');
  return designer;
}

const broker = (designer: Designer, index: number) => designer.dock.getByRole('article', { name: `Broker ${index}` });

/** How many partitions the cards say a broker leads. */
async function leaders(designer: Designer, index: number): Promise<number> {
  const words = await broker(designer, index)
    .getByText(/^leads \d+ of/)
    .innerText();
  return Number(/leads (\d+)/.exec(words)![1]);
}

test('[CLUV-7] a broker killed by a click: an election, leaders moved; started again: every ISR is full', async ({ page }) => {
  const designer = await openCluster(page);
  await designer.setSpeed('5');
  await designer.runControls.getByRole('button', { name: 'Play' }).click();
  await expect.poll(() => designer.seconds()).toBeGreaterThan(5);
  await expect(broker(designer, 1)).toContainText('running');
  expect(await leaders(designer, 1)).toBe(3);

  await broker(designer, 1).getByRole('button', { name: 'Kill broker 1' }).click();
  await expect(broker(designer, 1)).toContainText('down');
  await expect.poll(() => leaders(designer, 1)).toBe(0);
  // Nine partitions of topics, and two of __consumer_offsets.
  expect((await leaders(designer, 0)) + (await leaders(designer, 2))).toBe(11);
  await expect(designer.dock.getByText(/^Under-replicated 11/)).toBeVisible();
  await expect(designer.node('orders')).toHaveAccessibleName(/6 partitions under-replicated/);
  await expect(designer.inspector.getByText('broker 1 is killed')).toBeVisible();

  await designer.dockTab('Events');
  await designer.dock.getByRole('button', { name: /^Leaders and ISR/ }).click();
  await expect(designer.dock.getByRole('cell', { name: 'leader elected' }).first()).toBeVisible();
  await expect(designer.dock.getByRole('cell', { name: 'broker killed' })).toBeHidden();

  await designer.dockTab('Cluster');
  await broker(designer, 1).getByRole('button', { name: 'Start broker 1' }).click();
  await expect(broker(designer, 1)).toContainText('running');
  await expect(designer.dock.getByText(/^Under-replicated 0/)).toBeVisible();
  await designer.runControls.getByRole('button', { name: 'Pause' }).click();
  await designer.dock
    .getByRole('button', { name: /^orders-0: / })
    .first()
    .click();
  const detail = designer.dock.getByRole('region', { name: 'Partition orders-0' });
  await expect(detail.getByText('ISR', { exact: true })).toHaveCount(3);
  await expect(designer.inspector.getByRole('textbox', { name: 'Name', exact: true })).toHaveValue('orders');
});

test('[CLUV-7] what is done to the cluster can be undone, by menu and by command too; a refusal says why and records nothing', async ({
  page,
}) => {
  const designer = await openCluster(page);
  await designer.runControls.getByRole('button', { name: 'Play' }).click();
  await expect.poll(() => designer.seconds()).toBeGreaterThan(1);
  await designer.runControls.getByRole('button', { name: 'Pause' }).click();
  const undo = page.getByRole('banner').getByRole('button', { name: /^Undo/ });

  const more = broker(designer, 2).getByRole('button', { name: 'More for broker 2' });
  await more.focus();
  await page.keyboard.press('Enter');
  await designer.choose('Cut off from the controller');
  await expect(broker(designer, 2)).toContainText('cut off from controller');
  await expect(undo).toHaveAttribute('title', /Cut broker 2 off from the controller/);

  await designer.command('Kill broker 0');
  await expect(broker(designer, 0)).toContainText('down');
  const killed = JSON.parse(await designer.saveAsFile()).scenario.faults;
  expect(killed.map(({ action }: { action: string }) => action)).toEqual(['network.cut', 'broker.kill']);

  await designer.command('Kill broker 0');
  await expect(designer.messages.getByText('Broker 0 is down already.')).toBeVisible();
  expect(JSON.parse(await designer.saveAsFile()).scenario.faults).toEqual(killed);

  await undo.click();
  await undo.click();
  await expect(designer.messages.getByText('the run starts again from 0')).toBeVisible();
  expect(JSON.parse(await designer.saveAsFile()).scenario.faults).toEqual([]);
  await expect(broker(designer, 0)).toContainText('running');
});
