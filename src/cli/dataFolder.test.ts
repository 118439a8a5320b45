import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { compile, createRun, fingerprint } from '../engine/index.ts';
import { newDocument, type PipelineDocument } from '../pipeline/index.ts';
import { finishKeeping, openDataFolder, startOrResume, type DataFolder } from './dataFolder.ts';
import { runToEnd } from './simulate.ts';

const folder = mkdtempSync(join(tmpdir(), 'logjam-data-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A sink that reads far behind the end of its topic, and retention that deletes what it has not read. */
const lagging: PipelineDocument = {
  ...newDocument('lagging'),
  nodes: [
    { id: 'app', kind: 'producer', name: 'app', config: { 'workload.rate': 20_000 } },
    { id: 'log', kind: 'topic', name: 'log', config: { partitions: 2, 'segment.bytes': 20_000_000, 'retention.bytes': 150_000_000 } },
    { id: 'slow', kind: 'sink', name: 'slow', config: { 'auto.offset.reset': 'earliest', 'service.time.ms': 0.2 } },
  ],
  edges: [
    { id: 'a', source: 'app', target: 'log' },
    { id: 'b', source: 'log', target: 'slow' },
  ],
  cluster: { config: { 'log.retention.check.interval.ms': 5_000 } },
};

test('a run whose blocks leave memory as soon as they may is the same run', async () => {
  const { topology } = compile(lagging);
  const untilUs = 40_000_000;
  const err = () => undefined;
  const inMemory = createRun(topology!);
  await runToEnd(inMemory, untilUs, null, { err });

  const wanted = { topology: topology!, seed: lagging.scenario.seed, untilUs, rebuild: false };
  const opened = await openDataFolder('data', 'lagging.json', { workingFolder: folder });
  let reads = 0;
  const get: typeof opened.store.get = (runKey, key) => {
    reads++;
    return opened.store.get(runKey, key);
  };
  const data: DataFolder = { ...opened, residentBytesMax: 0, store: { ...opened.store, get } };
  const run = await startOrResume(data, wanted, { out: () => undefined, err: () => undefined, workingFolder: folder });
  await runToEnd(run, untilUs, data, { err });
  expect(fingerprint(run)).toBe(fingerprint(inMemory));
  expect(reads).toBeGreaterThan(0);

  const deleted = run.ctx.partitions.reduce((sum, partition) => sum + partition.log.logStartOffset, 0);
  expect(deleted).toBeGreaterThan(0);
  await finishKeeping(data, run, wanted);
  const reopened = await openDataFolder('data', 'lagging.json', { workingFolder: folder });
  const names = run.ctx.partitions.flatMap(({ log }, partition) =>
    log.blocks.filter((block) => block.state === 'stored').map((block) => `${partition}/${block.number}`),
  );
  expect((await reopened.store.list('lagging.json')).map(({ partition, block }) => `${partition}/${block}`)).toEqual(names);
});
