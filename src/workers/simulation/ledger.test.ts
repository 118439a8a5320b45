import { expect, test } from 'vitest';
import { createBench, shop, straightTo } from './testBench.ts';
import { ledgerReportOf } from '../../engine/index.ts';

test('[LDGV-1] the ledger is that of the run as it stands, and there is none before a run is loaded', async () => {
  const bench = createBench();
  expect(await bench.simulation.ledger()).toBeNull();
  await bench.load(shop());
  expect((await bench.simulation.ledger())!.routes.map(({ sink, made }) => [sink, made])).toEqual([
    ['a', 0],
    ['b', 0],
  ]);
  await bench.simulation.runUntil(8e6);
  await bench.until('paused');
  const ledger = (await bench.simulation.ledger())!;
  expect(ledger.routes[1]!.deliveredOnce).toBeGreaterThan(500);
  expect(ledger).toEqual(ledgerReportOf(straightTo(shop(), 8e6)));
  expect(ledger).toEqual((await bench.simulation.report()).ledger);
});
