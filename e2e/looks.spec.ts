import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from '@playwright/test';
import type { AxeResults } from 'axe-core';
import { shopText } from './documents.ts';
import { Designer } from './pages/designer.ts';

/** The main screen in both themes and two sizes: nothing overlaps, nothing scrolls sideways, and everybody can use it. */

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

for (const theme of ['light', 'dark'] as const) {
  for (const [width, height] of [
    [1280, 800],
    [1920, 1080],
  ] as const) {
    test(`${theme} at ${width} × ${height}`, async ({ page }, info) => {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      const designer = new Designer(page);
      await designer.open();
      await designer.openFile('shop.json', shopText());
      await expect(designer.nodes).toHaveCount(5);
      await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
      await designer.setSpeed('10');
      await designer.runControls.getByRole('button', { name: 'Play' }).click();
      await expect.poll(() => designer.seconds()).toBeGreaterThan(8);
      await designer.select('search-index');
      await designer.tab('Live');
      await designer.runControls.getByRole('button', { name: 'Pause' }).click();
      await expect(designer.runControls.getByRole('button', { name: 'Play' })).toBeVisible();
      await page.screenshot({ path: info.outputPath(`${theme}-${width}.png`) });

      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      expect(await overlaps(designer)).toEqual([]);
      expect(await cutOff(designer)).toEqual([]);
      expect(await violations(page)).toEqual([]);

      await designer.dockTab('Cluster');
      await designer.dock.getByRole('button', { name: 'Kill broker 1' }).click();
      await expect(designer.dock.getByRole('article', { name: 'Broker 1' })).toContainText('down');
      await designer.dock
        .getByRole('button', { name: /^orders-1: / })
        .first()
        .click();
      await page.screenshot({ path: info.outputPath(`${theme}-${width}-cluster.png`) });
      expect(await cutOff(designer)).toEqual([]);
      expect(await violations(page)).toEqual([]);

      await designer.dockTab('Groups');
      await designer.dock.getByRole('button', { name: 'Crash search-index-0' }).click();
      await expect(designer.dock.getByRole('row', { name: /^search-index-0 / })).toContainText('down');
      await page.screenshot({ path: info.outputPath(`${theme}-${width}-groups.png`) });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      expect(await violations(page)).toEqual([]);

      await designer.dockTab('Ledger');
      await designer.dock.getByRole('button', { name: /^filtered/ }).click();
      await expect(designer.dock.getByRole('list', { name: 'Causes' })).toBeVisible();
      await page.screenshot({ path: info.outputPath(`${theme}-${width}-ledger.png`) });
      expect(await violations(page)).toEqual([]);
    });
  }
}

/** Pairs of panels that cover each other. */
async function overlaps(designer: Designer): Promise<string[]> {
  const panels = {
    bar: designer.page.getByRole('banner'),
    palette: designer.palette,
    canvas: designer.canvas,
    inspector: designer.inspector,
    dock: designer.dock,
  };
  const boxes = await Promise.all(Object.entries(panels).map(async ([name, panel]) => ({ name, box: (await panel.boundingBox())! })));
  const found: string[] = [];
  for (const [i, one] of boxes.entries()) {
    for (const other of boxes.slice(i + 1)) {
      const wide = Math.min(one.box.x + one.box.width, other.box.x + other.box.width) - Math.max(one.box.x, other.box.x);
      const high = Math.min(one.box.y + one.box.height, other.box.y + other.box.height) - Math.max(one.box.y, other.box.y);
      if (wide > 1 && high > 1) found.push(`${one.name} and ${other.name}: ${wide} × ${high}`);
    }
  }
  return found;
}

/** Controls of the bar that are not wholly on the screen, or on top of each other. */
async function cutOff(designer: Designer): Promise<string[]> {
  return designer.page.getByRole('banner').evaluate((bar) => {
    const controls = [...bar.querySelectorAll<HTMLElement>('button, select, input')].filter((control) => control.offsetParent !== null);
    const boxes = controls.map((control) => ({
      name: control.getAttribute('aria-label') ?? control.textContent ?? '',
      box: control.getBoundingClientRect(),
    }));
    const out = boxes.filter(({ box }) => box.left < 0 || box.right > innerWidth).map(({ name }) => `${name} is cut off`);
    boxes.forEach(({ name, box }, i) => {
      for (const other of boxes.slice(i + 1)) {
        const wide = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
        const high = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
        if (wide > 1 && high > 1) out.push(`${name} lies on ${other.name}`);
      }
    });
    return out;
  });
}

/** What axe finds that keeps people out, as `rule: element`. */
async function violations(page: Designer['page']): Promise<string[]> {
  // The page's policy forbids scripts of others; what the test evaluates comes from the browser's debugger.
  await page.evaluate(axeSource);
  const results = await page.evaluate(() => (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run());
  return results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.target.join(' ')} (${node.failureSummary?.split('\n')[1]?.trim() ?? ''})`),
    );
}
