import { expect, test } from '@playwright/test';
import { fingerprintInNode } from './engine.ts';
import { Designer } from './pages/designer.ts';

/** The main job, end to end: draw a pipeline, run it, watch lag, change it while it runs, open the page anew, look inside, take it all back. */

test.use({ viewport: { width: 1920, height: 1080 } });

test('with the mouse: build, overload, scale out, reload, look at a record, undo', async ({ page }) => {
  test.setTimeout(90_000);
  const designer = new Designer(page);
  await designer.open();
  await expect(designer.nodes).toHaveCount(0);
  await expect(page.getByRole('heading', { name: 'Draw a pipeline' })).toBeVisible();

  await designer.drag('Producer', { x: 140, y: 140 });
  await designer.drag('Topic', { x: 430, y: 140 });
  await designer.drag('Filter', { x: 720, y: 140 });
  await designer.drag('Topic', { x: 1010, y: 140 });
  await designer.drag('Sink', { x: 1290, y: 420 });
  await designer.wire('producer', 'topic');
  await designer.wire('topic', 'filter');
  await designer.wire('filter', 'topic-2');
  await designer.wire('topic-2', 'sink');
  await expect(designer.wires).toHaveCount(4);

  await designer.configure('producer', { 'workload.rate': '400' });
  await designer.configure('topic', { partitions: '6' });
  await designer.configure('topic-2', { partitions: '6' });
  await designer.configure('sink', { 'service.time.ms': '4' });

  // A sink that takes 4 ms a record reads 250 of the 400 a second.
  await designer.node('sink').click();
  await designer.tab('Live');
  await designer.setSpeed('10');
  await designer.canvas.click({ position: { x: 30, y: 560 } });
  await page.keyboard.press('Space');
  await designer.select('sink');
  await expect.poll(() => designer.lag(), { timeout: 20_000 }).toBeGreaterThan(1_000);
  await expect(designer.liveNumber('Lag changes by')).toContainText('+');

  // Two members read 500 a second.
  await designer.inspector.getByRole('button', { name: 'Add member' }).click();
  await expect(designer.inspector.getByRole('listitem', { name: /^Member sink-1: (stable|working), partitions \d/ })).toBeVisible();
  await designer.dockTab('Events');
  await expect(designer.dock.getByRole('cell', { name: /^Group sink has completed its rebalance/ }).first()).toBeVisible();
  await expect(designer.liveNumber('Lag changes by')).toContainText(/^[-−]/, { timeout: 20_000 });
  const peak = await designer.lag();
  await expect.poll(() => designer.lag(), { timeout: 20_000 }).toBeLessThan(peak / 2);

  // Opened anew, the run stands where it was last kept and goes on from there.
  const before = await designer.seconds();
  await expect(designer.saved).toHaveText(/Saved/);
  await page.reload();
  await expect(designer.nodes).toHaveCount(5);
  await expect(designer.wires).toHaveCount(4);
  await expect.poll(() => designer.seconds()).toBeGreaterThan(3);
  expect(await designer.seconds()).toBeLessThan(before + 60);
  await designer.runToEnd();
  const text = await designer.saveAsFile();
  expect(JSON.parse(text).scenario.faults).toHaveLength(1);
  expect(await designer.fingerprint()).toBe(fingerprintInNode(text));

  await designer.select('topic-2');
  await designer.tab('Records');
  await designer.inspector.getByRole('combobox', { name: 'Partition' }).selectOption('2');
  await designer.inspector.getByRole('textbox', { name: 'Offset' }).fill('4321');
  await designer.inspector.getByRole('textbox', { name: 'Offset' }).press('Enter');
  const row = designer.inspector.getByRole('rowheader', { name: '4321' }).getByRole('button');
  await row.click();
  const record = designer.inspector.locator('.lj-record');
  await expect(record).toContainText(/key-\d+/);
  await expect(record).toContainText(/offsets [\d,]+ to [\d,]+/);
  await expect(record).toContainText(/record [\d,]+ of producer/);

  const undo = page.getByRole('button', { name: 'Undo' });
  while (await undo.isEnabled()) await undo.click();
  await expect(designer.nodes).toHaveCount(0);
  await expect(designer.wires).toHaveCount(0);
  await expect(page.getByRole('heading', { name: 'Draw a pipeline' })).toBeVisible();
});

test('with the keyboard alone: build, wire, set up, run, look inside, undo', async ({ page }) => {
  test.setTimeout(90_000);
  const designer = new Designer(page);
  const { keyboard } = page;
  await designer.open();

  await designer.command('Add Producer');
  await expect(designer.node('producer')).toBeFocused();
  for (const [kind, name] of [
    ['topic', 'topic'],
    ['filter', 'filter'],
    ['topic', 'topic-2'],
    ['sink', 'sink'],
  ]) {
    await keyboard.press('c');
    await designer.choose(`New ${kind}`);
    await expect(designer.node(name!)).toBeFocused();
  }
  await keyboard.press('f');
  await expect(designer.wires).toHaveCount(4);

  // A wire taken away and drawn again, from the list of nodes it may lead to.
  await keyboard.press('ArrowLeft');
  await expect(designer.node('topic-2')).toBeFocused();
  await keyboard.press('Shift+F10');
  await designer.choose('Disconnect from sink');
  await expect(designer.wires).toHaveCount(3);
  await expect(designer.node('topic-2')).toBeFocused();
  await keyboard.press('c');
  await designer.choose('sink');
  await expect(designer.wires).toHaveCount(4);

  await designer.command('sink');
  await expect(designer.node('sink')).toBeFocused();
  await keyboard.press('F2');
  await expect(page.getByRole('textbox', { name: 'Name of sink' })).toBeFocused();
  await keyboard.type('index');
  await keyboard.press('Enter');
  await expect(designer.node('index')).toBeFocused();

  await keyboard.press('Enter');
  await designer.tabTo(designer.field('service.time.ms'));
  await keyboard.press('Control+A');
  await keyboard.type('4');
  await keyboard.press('Enter');
  await designer.command('topic');
  await expect(designer.node('topic')).toBeFocused();
  await keyboard.press('Enter');
  await designer.tabTo(designer.field('partitions'));
  await keyboard.press('Control+A');
  await keyboard.type('6');
  await keyboard.press('Enter');
  await expect(designer.node('topic')).toContainText('6 partitions');

  await designer.command('index');
  await expect(designer.node('index')).toBeFocused();
  for (let i = 0; i < 3; i++) await keyboard.press(']');
  await keyboard.press('Space');
  await expect(designer.runControls.getByRole('button', { name: 'Pause' })).toBeVisible();
  await keyboard.press('Enter');
  await designer.tabTo(designer.inspector.getByRole('tab', { name: 'Configure' }), 'Shift+Tab');
  await keyboard.press('ArrowRight');
  await expect.poll(() => designer.lag(), { timeout: 20_000 }).toBeGreaterThan(1_000);
  await designer.tabTo(designer.inspector.getByRole('button', { name: 'Add member' }));
  await keyboard.press('Enter');
  await expect(designer.inspector.getByRole('listitem', { name: /^Member index-1: (stable|working|joining)/ })).toBeVisible();
  await designer.command('topic');
  await expect(designer.node('topic')).toBeFocused();
  await keyboard.press('Space');
  await expect(designer.runControls.getByRole('button', { name: 'Play' })).toBeVisible();

  await keyboard.press('Enter');
  await designer.tabTo(designer.inspector.getByRole('tab', { name: 'Live' }), 'Shift+Tab');
  await keyboard.press('ArrowRight');
  await designer.tabTo(designer.inspector.getByRole('textbox', { name: 'Offset' }));
  await keyboard.press('Control+A');
  await keyboard.type('7');
  await keyboard.press('Enter');
  const row = designer.inspector.getByRole('rowheader', { name: '7', exact: true }).getByRole('button');
  await designer.tabTo(row);
  await keyboard.press('Enter');
  await expect(designer.inspector.locator('.lj-record')).toContainText(/key-\d+/);

  await designer.command('producer');
  await expect(designer.node('producer')).toBeFocused();
  const undo = page.getByRole('button', { name: 'Undo' });
  for (let i = 0; i < 40 && (await undo.isEnabled()); i++) await keyboard.press('Control+Z');
  await expect(designer.nodes).toHaveCount(0);
});
