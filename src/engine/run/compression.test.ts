import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Config } from '../../pipeline/document.ts';
import { segmentFiles } from '../log/partitionFiles.ts';
import { createRun, type Run } from './build.ts';
import { checkpoint, restore } from './checkpoint.ts';
import { documentOf, runTo } from './harness.ts';
import { beginPartitionExport } from './views/partitionExport.ts';
import { fingerprint, reportOf } from './views/report.ts';
import { compile } from './topology.ts';

const gzip = (bytes: Uint8Array): Uint8Array => gzipSync(bytes);
const template = '{"customer":{{integer 1 90000}},"city":{{oneOf "Vienna" "Graz" "Linz"}},"amount":{{number 1 900 2}},"state":"open"}';

interface Shape {
  readonly producer?: Config;
  readonly topic?: Config;
  readonly map?: Config;
  readonly cluster?: Config;
}

function started({ producer = {}, topic = {}, map = {}, cluster = {} }: Shape, measured = true): Run {
  const source = { 'workload.rate': 2000, 'value.template': template, 'linger.ms': 20, 'compression.type': 'gzip', ...producer };
  const document = documentOf({
    nodes: {
      source: { kind: 'producer', config: source, to: ['in'] },
      in: { kind: 'topic', config: topic, to: ['shape'] },
      shape: { kind: 'map', config: { fields: ['city = value.city'], 'linger.ms': 20, ...map }, to: ['out'] },
      out: { kind: 'topic', to: ['sink'] },
      sink: { kind: 'sink', config: { 'service.time.ms': 0 } },
    },
    cluster,
    seconds: 5,
  });
  const { topology, findings } = compile(document, measured ? { gzip } : {});
  if (topology === null) throw new Error(findings.map(({ message }) => message).join('\n'));
  return createRun(topology);
}

const lineOf = (run: Run, node: string) => reportOf(run).fidelity.find(({ figure }) => figure.startsWith(`${node}: gzip takes`));

/** Bytes of a partition's log as a file, its batches really compressed. */
function fileBytes(run: Run, partition: number): number {
  const { encoding } = beginPartitionExport(run, partition, (codec, bytes) => (codec === 'gzip' ? gzip(bytes) : null));
  const { log } = run.ctx.partitions[partition]!;
  return log.segments
    .flatMap((segment) => segmentFiles(log, segment, encoding).files)
    .filter(({ name }) => name.endsWith('.log'))
    .reduce((sum, { bytes }) => sum + bytes.length, 0);
}

describe('compression in a run', () => {
  test('[CAP-9] sizes measured beforehand are those of the file with really compressed batches, to 2 %', () => {
    for (const lingerMs of [2, 20, 200]) {
      const run = runTo(started({ producer: { 'linger.ms': lingerMs } }), 3000);
      const { sizeBytes } = run.ctx.partitions[0]!.log;
      expect(Math.abs(sizeBytes / fileBytes(run, 0) - 1)).toBeLessThan(0.02);
    }
  });

  test('[CAP-9] sizes are measured only where values carry information, and for gzip; the report says what they rest on', () => {
    expect(lineOf(started({}), 'source')).toMatchObject({ tag: 'calibrated' });
    expect(lineOf(started({}, false), 'source')).toMatchObject({
      tag: 'assumed',
      figure: 'source: gzip takes 36 % of the bytes of a batch of 16 KiB',
    });
    expect(lineOf(started({ producer: { 'value.template': '' }, map: { fields: [] } }), 'source')).toMatchObject({ tag: 'assumed' });
    const set = started({ producer: { 'compression.ratio': 0.25 } });
    expect(lineOf(set, 'source')).toMatchObject({ tag: 'assumed', figure: 'source: gzip takes 25 % of the bytes of a batch of 16 KiB' });
    expect(
      reportOf(started({ producer: { 'compression.type': 'none' } })).fidelity.some(({ figure }) => figure.includes('batch of 16 KiB')),
    ).toBe(false);
  });

  test('[CAP-9] other codecs are so much larger or smaller than gzip as published', () => {
    const bytes = (codec: string): number =>
      runTo(started({ producer: { 'compression.type': codec, 'workload.records': 4000 } }), 4000).ctx.partitions[0]!.log.sizeBytes;
    const [none, gzipped, snappy, lz4, zstd] = ['none', 'gzip', 'snappy', 'lz4', 'zstd'].map(bytes) as [
      number,
      number,
      number,
      number,
      number,
    ];
    expect(zstd).toBeLessThan(gzipped);
    expect(gzipped).toBeLessThan(lz4);
    expect(lz4).toBeLessThan(snappy);
    expect(snappy).toBeLessThan(none * 0.7);
  });

  test('[CAP-9] network, disk, retention and readers see compressed bytes', () => {
    const of = (codec: string) => {
      const run = runTo(started({ producer: { 'compression.type': codec } }), 4000);
      const [broker] = run.ctx.brokers;
      return { into: broker!.bytesIn, out: broker!.bytesOut, disk: broker!.diskBytesWritten };
    };
    const [plain, compressed] = [of('none'), of('gzip')];
    expect(compressed.into).toBeLessThan(plain.into * 0.8);
    expect(compressed.out).toBeLessThan(plain.out * 0.8);
    expect(compressed.disk).toBeLessThan(plain.disk * 0.8);
  });

  test('[CAP-11] a topic with a compression of its own recompresses, for handler time', () => {
    const cluster = { 'request.handler.ms': 0.1 };
    const run = runTo(started({ topic: { 'compression.type': 'uncompressed' }, cluster }), 4000);
    const kept = runTo(started({ cluster }), 4000);
    const gzipped = runTo(started({ producer: { 'compression.type': 'none' }, topic: { 'compression.type': 'gzip' }, cluster }), 4000);
    const attributes = (of: Run): number => of.ctx.partitions[0]!.log.blocks[0]!.batches!.attributes[0]! & 7;
    expect([run, kept, gzipped].map(attributes)).toEqual([0, 1, 1]);
    expect(run.ctx.partitions[0]!.log.sizeBytes).toBeGreaterThan(1.5 * kept.ctx.partitions[0]!.log.sizeBytes);
    const busyUs = (of: Run): number => of.ctx.brokers[0]!.handlerBusyUs - of.ctx.brokers[0]!.requests * 100;
    // Some 800 kB in 4 s: unpacked at 400, packed at 95 bytes per microsecond.
    expect(busyUs(kept)).toBeGreaterThan(1_500);
    expect(busyUs(gzipped)).toBeGreaterThan(3 * busyUs(kept));
  });

  test('[CAP-9] processors compress what they write, by the records of the source they read from', () => {
    const run = runTo(started({ map: { 'compression.type': 'gzip' } }), 4000);
    const log = run.ctx.partitions[1]!.log;
    expect(log.blocks[0]!.batches!.attributes[0]! & 7).toBe(1);
    expect(log.sizeBytes).toBeLessThan(runTo(started({}), 4000).ctx.partitions[1]!.log.sizeBytes * 0.8);
  });

  test('[CAP-9] a checkpoint goes on alike', () => {
    const run = runTo(started({}), 2000);
    const copy = restore(run.topology, checkpoint(run));
    expect(fingerprint(runTo(copy, 4000))).toBe(fingerprint(runTo(run, 4000)));
  });
});
