import { expect, test, type Page } from '@playwright/test';
import { shopText } from './documents.ts';
import { fingerprintInNode } from './engine.ts';
import { Designer } from './pages/designer.ts';

/** What can go wrong around a run: it is said, the document is safe, and there is a way on. */

test.use({ viewport: { width: 1920, height: 1080 } });

async function running(page: Page, text = shopText()): Promise<Designer> {
  const designer = new Designer(page);
  await designer.open();
  await designer.openFile('shop.json', text);
  await expect(designer.nodes).toHaveCount(5);
  await designer.setSpeed('10');
  await designer.runControls.getByRole('button', { name: 'Play' }).click();
  await expect.poll(() => designer.seconds()).toBeGreaterThan(4);
  return designer;
}

test('a simulation worker that dies is reported, and the run goes on from its last checkpoint', async ({ page }) => {
  const designer = await running(page);
  // A checkpoint is written every few seconds.
  await expect.poll(() => designer.seconds(), { timeout: 20_000 }).toBeGreaterThan(45);
  const worker = page.workers().find((candidate) => /simulationWorker/.test(candidate.url()));
  await worker!.evaluate(() => {
    setTimeout(() => {
      throw new Error('out of luck');
    });
  });
  const message = designer.messages.getByRole('alert').filter({ hasText: 'out of luck' });
  await expect(message).toContainText('The document is safe.');
  await expect(designer.nodes).toHaveCount(5);
  await message.getByRole('button', { name: 'Restart from the last checkpoint' }).click();
  await expect.poll(() => designer.seconds()).toBeGreaterThan(4);
  await designer.runToEnd();
  expect(await designer.fingerprint()).toBe(fingerprintInNode(shopText()));
});

test('a database that is deleted under the run: said, the run goes on, the document can be saved', async ({ page }) => {
  const designer = await running(page);
  await page.evaluate(async () => {
    const names = (await indexedDB.databases()).map((database) => database.name!);
    await Promise.all(
      names.map(
        (name) =>
          new Promise<void>((resolve, reject) => {
            const request = indexedDB.deleteDatabase(name);
            request.onsuccess = () => resolve();
            request.onerror = () => reject(new Error(name));
          }),
      ),
    );
  });
  await expect(designer.runControls.getByText('Log kept in memory')).toBeVisible({ timeout: 20_000 });
  expect(JSON.parse(await designer.saveAsFile()).name).toBe('Shop');
  await designer.runToEnd();
  expect(await designer.fingerprint()).toBe(fingerprintInNode(shopText()));
});

test('without room the log gives way, the run goes on, the document stays', async ({ page, baseURL }) => {
  // Room for the site and documents, not for the records of this run.
  await limitRoom(page, baseURL, 8_000_000);
  const text = shopText((document) => {
    document.nodes[0]!.config['workload.rate'] = 20_000;
    document.nodes[1]!.config['segment.bytes'] = 4_000_000;
    document.scenario.durationMs = 60_000;
  });
  const designer = await running(page, text);
  await designer.setSpeed('max');
  await expect(designer.runControls.getByText('Log trimmed: no room')).toBeVisible({ timeout: 30_000 });
  await designer.runToEnd();
  expect(await designer.fingerprint()).toBe(fingerprintInNode(text));
  await designer.command('Add Topic');
  await expect(designer.saved).toHaveText(/Saved/, { timeout: 20_000 });
});

test('without any room the document is kept in the tab and can be saved as a file', async ({ page, baseURL }) => {
  await limitRoom(page, baseURL, 1);
  const designer = new Designer(page);
  await designer.open();
  await designer.openFile('shop.json', shopText());
  // Opening takes a moment; what is added before goes to the document that is about to be replaced.
  await expect(designer.nodes).toHaveCount(5);
  await designer.command('Add Topic');
  await expect(page.getByRole('button', { name: /No room left: save as a file/ })).toBeVisible({ timeout: 20_000 });
  await designer.fit();
  await expect(designer.nodes).toHaveCount(6);
  expect(JSON.parse(await designer.saveAsFile()).nodes).toHaveLength(6);
  await designer.runToEnd();
});

async function limitRoom(page: Page, baseURL: string | undefined, quotaSize: number): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Storage.overrideQuotaForOrigin', { origin: new URL(baseURL!).origin, quotaSize });
}

/** Flips a byte in the last stored block of a partition; its number, -1 where nothing is stored yet. */
function damageLastBlock(page: Page, partition: number): Promise<number> {
  return page.evaluate(
    (wanted) =>
      new Promise<number>((resolve, reject) => {
        const opening = indexedDB.open('logjam-runs');
        opening.onerror = () => reject(new Error('no database'));
        opening.onsuccess = () => {
          const database = opening.result;
          const transaction = database.transaction('blocks', 'readwrite');
          const cursors = transaction.objectStore('blocks').openCursor(null, 'prev');
          let damaged = -1;
          cursors.onsuccess = () => {
            const cursor = cursors.result;
            if (cursor === null) return;
            const [, of, block] = cursor.key as [string, number, number];
            if (of !== wanted) return cursor.continue();
            const bytes = new Uint8Array(cursor.value as ArrayBuffer);
            bytes[bytes.length >> 1]! ^= 0xff;
            cursor.update(bytes.buffer);
            damaged = block;
          };
          transaction.oncomplete = () => {
            database.close();
            resolve(damaged);
          };
        };
      }),
    partition,
  );
}

test('a stored block that was damaged: said when the page is opened, the rest can be read, rebuilt it is the same run', async ({
  page,
}) => {
  // Records stay in the log's stored blocks only when they were sealed: small segments seal them.
  const text = shopText((document) => (document.nodes[1]!.config['segment.bytes'] = 20_000));
  const designer = await running(page, text);
  await expect.poll(() => designer.seconds(), { timeout: 20_000 }).toBeGreaterThan(20);
  await designer.runControls.getByRole('button', { name: 'Pause' }).click();
  await expect(designer.runControls.getByRole('button', { name: 'Play' })).toBeVisible();
  const stoodAt = await designer.storedAt();
  await expect.poll(() => damageLastBlock(page, 0)).toBeGreaterThan(0);
  await page.reload();
  await expect(designer.nodes).toHaveCount(5);
  const message = designer.messages.getByRole('alert').filter({ hasText: 'The stored log of this run is damaged: orders-0.' });
  await expect(message).toBeVisible();
  await expect(designer.runControls.getByText('Stored log damaged')).toBeVisible();
  await designer.runControls.getByRole('button', { name: 'Details' }).click();
  const report = designer.inspector.getByRole('region', { name: 'Damaged log' });
  await expect(report).toContainText(/orders-0: 1 of \d+ blocks\. Offsets 0 to \d+ can be read, \d+ to \d+ cannot be read/);
  await expect(report).toContainText(/block 0\/\d+ of run .*: the block has checksum \d+, its bytes give \d+/);
  expect(await designer.seconds()).toBe(stoodAt);
  // What is whole can be read.
  await designer.select('orders');
  await designer.tab('Records');
  await expect(designer.inspector.getByRole('table').getByRole('row').nth(3)).toBeVisible();
  // It does not go on as it is.
  await designer.runControls.getByRole('button', { name: 'Play' }).click();
  await expect(message).toBeVisible();
  expect(await designer.seconds()).toBe(stoodAt);
  await designer.runControls.getByRole('button', { name: 'Rebuild' }).click();
  await expect(designer.messages.getByText(/The run is rebuilt: it has the fingerprint it had/)).toBeVisible();
  await expect(designer.runControls.getByText('Stored log damaged')).toBeHidden();
  expect(await designer.seconds()).toBe(stoodAt);
  await designer.runToEnd();
  expect(await designer.fingerprint()).toBe(fingerprintInNode(text));
});

test('two tabs on one document: one writes, the other follows and may take over', async ({ page, context }) => {
  const first = new Designer(page);
  await first.open();
  await first.openFile('shop.json', shopText());
  await expect(first.nodes).toHaveCount(5);
  await expect(first.saved).toHaveText(/Saved/);
  await first.setSpeed('10');
  await first.runControls.getByRole('button', { name: 'Play' }).click();

  const other = await context.newPage();
  const second = new Designer(other);
  await second.open();
  await expect(second.nodes).toHaveCount(5);
  const banner = second.canvas.getByText('Another tab edits this document.');
  await expect(banner).toBeVisible();
  await expect(second.palette.getByRole('button', { name: 'Add Topic' })).toBeDisabled();

  await page.bringToFront();
  await first.command('Add Topic');
  await first.fit();
  await expect(first.nodes).toHaveCount(6);

  await other.bringToFront();
  await second.fit();
  await expect(second.nodes).toHaveCount(6);
  await second.canvas.getByRole('button', { name: 'Take over' }).click();
  await expect(banner).toBeHidden();
  await expect(first.canvas.getByText('Another tab edits this document.')).toBeVisible();
  await second.command('Add Sink');
  await second.fit();
  await expect(second.nodes).toHaveCount(7);
  await page.bringToFront();
  await first.fit();
  await expect(first.nodes).toHaveCount(7);
});
