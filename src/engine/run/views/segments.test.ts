import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Config } from '../../../pipeline/document.ts';
import { decodeBatch, isBatchFault } from '../../log/decodeBatch.ts';
import type { CompressRecords } from '../../log/encodeBatch.ts';
import { stampImage } from '../../log/blockImage.ts';
import { missingBlockForFiles, segmentFiles } from '../../log/partitionFiles.ts';
import { blockImage, confirmStored, evictToBudget, provideBlock, takeSealed } from '../../log/residency.ts';
import type { BatchBytes, BatchSummary, ByteField } from '../../report/segmentView.ts';
import type { Run } from '../build.ts';
import { documentOf, finished, runTo, start } from '../harness.ts';
import { beginPartitionExport, exportNotes, releaseExported } from './partitionExport.ts';
import { batchBytesOf, batchesOf, indexesOf, partitionLogView } from './segments.ts';

const gzip: CompressRecords = (codec, bytes) => (codec === 'gzip' ? gzipSync(bytes) : null);

function sketch(options: { producer?: Config; topic?: Config; cluster?: Config; seconds?: number } = {}) {
  const { producer = {}, topic = {}, cluster = {}, seconds = 3 } = options;
  return documentOf({
    seconds,
    seed: 5,
    cluster,
    nodes: {
      source: { kind: 'producer', config: { 'workload.rate': 400, 'linger.ms': 20, ...producer }, to: ['orders'] },
      orders: { kind: 'topic', config: { partitions: 1, 'segment.bytes': 40_000, 'index.interval.bytes': 2_000, ...topic }, to: ['sink'] },
      sink: { kind: 'sink' },
    },
  });
}

function allBatches(run: Run, segmentBase: number): BatchSummary[] {
  const found: BatchSummary[] = [];
  for (;;) {
    const answer = batchesOf(run, 0, { segmentBase, from: found.length, limit: 7 });
    if (!('page' in answer) || answer.page === null) throw new Error('the segment is not there');
    found.push(...answer.page.batches);
    if (found.length >= answer.page.total) return found;
  }
}

function bytesOf(run: Run, baseOffset: number, compress = gzip): BatchBytes {
  const answer = batchBytesOf(run, 0, baseOffset, compress);
  if (!('batch' in answer) || answer.batch === null) throw new Error(`no batch at ${baseOffset}`);
  return answer.batch;
}

/** Fields stand one after the other and leave no byte out. */
function expectSeamless(fields: readonly ByteField[], end: number): void {
  let at = 0;
  for (const field of fields) {
    expect(field.from).toBe(at);
    at += field.length;
  }
  expect(at).toBe(end);
}

const valueOf = (fields: readonly ByteField[], name: string, part: ByteField['part'] = 'header') =>
  fields.find((field) => field.name === name && field.part === part)?.value;

describe('segments', () => {
  const run = finished(sketch());
  const view = partitionLogView(run, 0);
  const { log } = run.ctx.partitions[0]!;

  test('[VIEW-1] the segments of a log are told with the sizes, batches and entries that their files have', () => {
    expect(view.segments.length).toBeGreaterThan(2);
    for (const [i, segment] of view.segments.entries()) {
      const { files } = segmentFiles(log, log.segments[i]!, {
        resolve: beginPartitionExport(run, 0, gzip).encoding.resolve,
        compress: gzip,
      });
      // Closing the active segment adds its last time entry.
      const bytes = (suffix: string) => files.find(({ name }) => name.endsWith(suffix))!.bytes.length;
      expect(segment.files.map((file) => file.bytes)).toEqual([
        bytes('.log'),
        bytes('.index'),
        segment.active ? segment.timeIndexEntries * 12 : bytes('.timeindex'),
      ]);
      expect(segment.files.map(({ name }) => name)).toEqual(files.map(({ name }) => name));
      const batches = allBatches(run, segment.baseOffset);
      expect(batches.length).toBe(segment.batches);
      expect(batches.reduce((sum, batch) => sum + batch.records, 0)).toBe(segment.records);
      expect(segment.endOffset).toBe(view.segments[i + 1]?.baseOffset ?? view.logEndOffset);
    }
  });

  test('[VIEW-2] a batch stands in the list with the position and size it has in the file', () => {
    const segment = view.segments[1]!;
    const encoding = beginPartitionExport(run, 0, gzip).encoding;
    const bytes = segmentFiles(log, log.segments[1]!, encoding).files[0]!.bytes;
    for (const batch of allBatches(run, segment.baseOffset)) {
      const decoded = decodeBatch(bytes, batch.position);
      if (isBatchFault(decoded)) throw new Error(decoded.detail);
      expect(decoded.baseOffset).toBe(batch.baseOffset);
      expect(decoded.sizeBytes).toBe(batch.sizeBytes);
      expect(bytesOf(run, batch.baseOffset).bytes).toEqual(bytes.slice(batch.position, batch.position + batch.sizeBytes));
    }
  });

  test('[VIEW-3] the indexes shown are those of the files; the active segment has no last time entry yet', () => {
    for (const [i, { baseOffset }] of view.segments.entries()) {
      const answer = indexesOf(run, 0, baseOffset);
      if (!('indexes' in answer) || answer.indexes === null) throw new Error('no indexes');
      const { offsets, positions, timestampsMs, timestampOffsets } = answer.indexes;
      expect(offsets.length).toBe(log.segments[i]!.offsetIndexEntries);
      expect(timestampsMs.length).toBe(log.segments[i]!.timeIndexEntries);
      expect(positions.length).toBe(offsets.length);
      expect(timestampOffsets.length).toBe(timestampsMs.length);
      const starts = new Map(allBatches(run, baseOffset).map((batch) => [batch.position, batch.lastOffset]));
      positions.forEach((position, n) => expect(starts.get(position)).toBe(offsets[n]));
    }
  });

  test('[VIEW-4] what is gone is answered with nothing', () => {
    expect(batchesOf(run, 0, { segmentBase: 1, from: 0, limit: 10 })).toEqual({ page: null });
    expect(indexesOf(run, 0, 1)).toEqual({ indexes: null });
    expect(batchBytesOf(run, 0, 1e9, gzip)).toEqual({ batch: null });
    expect(batchBytesOf(run, 0, -1, gzip)).toEqual({ batch: null });
  });
});

test('[VIEW-11] copied segments are in both tiers until the disk lets go of them', () => {
  const configs = { 'remote.storage.enable': true, 'local.retention.bytes': 150_000, 'segment.bytes': 40_000 };
  const cluster = { 'remote.log.manager.task.interval.ms': 500, 'log.retention.check.interval.ms': 1_000 };
  const run = finished(sketch({ topic: configs, cluster, seconds: 8, producer: { 'workload.rate': 1_000 } }));
  const tiers = partitionLogView(run, 0).segments.map(({ tier }) => tier);
  expect(new Set(tiers)).toEqual(new Set(['remote', 'both', 'local']));
  // One after the other: what is only remote is oldest, what is only local newest.
  const rank = { remote: 0, both: 1, local: 2 };
  expect(tiers.map((tier) => rank[tier])).toEqual(tiers.map((tier) => rank[tier]).sort());
});

describe('fields', () => {
  test('[VIEW-5] the fields of a batch are all of its bytes, and say what decoding says', () => {
    const headers = ['trace=4bf9', 'flag'];
    const producer = {
      'key.shape': 'uniform',
      'key.count': 9,
      'value.null.share': 0.3,
      'record.headers': headers,
      'value.template': '{"city":"Zürich 🙂"}',
      'linger.ms': 200,
    };
    const run = finished(sketch({ producer, seconds: 1 }));
    const [first] = allBatches(run, 0);
    const { bytes, fields, unpacked, missingCodec } = bytesOf(run, first!.baseOffset);
    expectSeamless(fields, bytes.length);
    expect([unpacked, missingCodec]).toEqual([null, null]);
    const decoded = decodeBatch(bytes);
    if (isBatchFault(decoded)) throw new Error(decoded.detail);
    for (const name of [
      'baseOffset',
      'partitionLeaderEpoch',
      'lastOffsetDelta',
      'producerId',
      'producerEpoch',
      'baseSequence',
      'recordsCount',
    ] as const)
      expect(valueOf(fields, name)).toBe(String(decoded[name]));
    expect(valueOf(fields, 'crc')).toBe(`0x${decoded.crc.toString(16).padStart(8, '0')}`);
    const decoder = new TextDecoder();
    decoded.records.forEach((record, n) => {
      expect(valueOf(fields, 'key', n)).toBe(decoder.decode(record.key!));
      expect(valueOf(fields, 'value', n)).toBe(record.value === null ? undefined : decoder.decode(record.value));
      expect(valueOf(fields, 'headerKey', n)).toBe('trace');
      expect(fields.find(({ part, name }) => part === n && name === 'offsetDelta')!.meaning).toContain(`offset is ${record.offset}`);
    });
    expect(decoded.records.some(({ value }) => value === null)).toBe(true);
    expect(fields.find(({ name }) => name === 'attributes')!.bits!.map(({ value }) => value)).toEqual(['0', '0', '0', '0', '0']);
  });

  test('[VIEW-6] a compressed batch is one field of compressed bytes, and its records are shown unpacked beside it', () => {
    const run = finished(sketch({ seconds: 1 }));
    run.ctx.partitions[0]!.log.blocks[0]!.batches!.attributes[0] = 1;
    const [first] = allBatches(run, 0);
    expect(first!.compression).toBe('gzip');
    const { bytes, fields, unpacked } = bytesOf(run, 0);
    expectSeamless(fields, bytes.length);
    expect(fields.at(-1)!.kind).toBe('compressed');
    expectSeamless(unpacked!.fields, unpacked!.bytes.length);
    expect(valueOf(unpacked!.fields, 'offsetDelta', 0)).toBe('0');
    const foreign = bytesOf(run, 0, () => null);
    expect(foreign.missingCodec).toBe('gzip');
    expect(foreign.unpacked).toBe(null);
    expect(valueOf(foreign.fields, 'offsetDelta', 0)).toBe('0');
  });

  test('[VIEW-7] a transaction marker is told with its type and the epoch of its coordinator; the bits of its attributes say so', () => {
    const producer = { 'transactional.id': 'orders-1', 'transaction.records': 25, 'transaction.abort.every': 2 };
    const run = finished(sketch({ producer, cluster: { brokers: 3 } }));
    const batches = partitionLogView(run, 0).segments.flatMap(({ baseOffset }) => allBatches(run, baseOffset));
    const types = batches
      .filter(({ control }) => control !== null)
      .map(({ control, baseOffset }) => [control, valueOf(bytesOf(run, baseOffset).fields, 'type', 0)]);
    expect(types).toContainEqual(['COMMIT', '1']);
    expect(types).toContainEqual(['ABORT', '0']);
    const marker = batches.find(({ control }) => control === 'ABORT')!;
    const { fields, bytes } = bytesOf(run, marker.baseOffset);
    expectSeamless(fields, bytes.length);
    expect(valueOf(fields, 'coordinatorEpoch', 0)).toBe('0');
    expect(fields.find(({ name }) => name === 'attributes')!.bits!.map(({ value }) => value)).toEqual(['0', '0', '1', '1', '0']);
    expect(partitionLogView(run, 0).segments.some(({ abortedTransactions }) => abortedTransactions > 0)).toBe(true);
  });
});

/** Stores all sealed blocks of the only partition outside and drops them from memory. */
function evictAll(run: Run): Map<number, ArrayBuffer> {
  const { log } = run.ctx.partitions[0]!;
  const images = new Map<number, ArrayBuffer>();
  for (const number of takeSealed(log)) {
    const image = blockImage(log, number);
    stampImage(image);
    images.set(number, image);
    confirmStored(log, number);
  }
  evictToBudget([log], 0);
  return images;
}

describe('blocks that are not in memory', () => {
  test('[VIEW-8] what needs a block names it, and answers alike once it is back', () => {
    const document = sketch();
    const whole = finished(document);
    const run = finished(document);
    const images = evictAll(run);
    expect(images.size).toBeGreaterThan(1);
    const asks = [
      (of: Run) => batchesOf(of, 0, { segmentBase: 0, from: 3, limit: 5 }),
      (of: Run) => indexesOf(of, 0, 0),
      (of: Run) => batchBytesOf(of, 0, 0, gzip),
    ];
    for (const ask of asks) {
      evictToBudget([run.ctx.partitions[0]!.log], 0);
      let answer = ask(run);
      expect(answer).toHaveProperty('missing');
      while ('missing' in answer) {
        provideBlock(run.ctx.partitions[0]!.log, answer.missing, images.get(answer.missing)!);
        answer = ask(run);
      }
      expect(answer).toEqual(ask(whole));
    }
    expect(partitionLogView(run, 0)).toEqual(partitionLogView(whole, 0));
  });

  test('[VIEW-9] an export is the log as it stood when it began, whatever the run does meanwhile, and leaves the run as it is', () => {
    const document = sketch({ seconds: 6, topic: { 'retention.bytes': 60_000 }, cluster: { 'log.retention.check.interval.ms': 500 } });
    const filesNow = (run: Run) => {
      const { log, encoding } = beginPartitionExport(run, 0, gzip);
      return log.segments.flatMap((segment) => segmentFiles(log, segment, encoding).files);
    };
    const wanted = filesNow(runTo(start(document), 2_000));
    const run = runTo(start(document), 2_000);
    const images = evictAll(run);
    const exported = beginPartitionExport(run, 0, gzip);
    runTo(run, 6_000);
    expect(run.ctx.partitions[0]!.log.logStartOffset).toBeGreaterThan(exported.log.segments.at(-1)!.baseOffset);
    const made = exported.log.segments.flatMap((segment) => {
      for (let missing = missingBlockForFiles(exported.log, segment); missing >= 0; missing = missingBlockForFiles(exported.log, segment))
        provideBlock(exported.log, missing, images.get(missing)!);
      const { files } = segmentFiles(exported.log, segment, exported.encoding);
      releaseExported(exported, segment);
      return files;
    });
    expect(made).toEqual(wanted);
    expect(exported.log.blocks.every(({ columns }) => columns === null)).toBe(true);
    expect(exported.directory).toBe('orders-0');
    expect(exported.stateFiles.map(({ name }) => name)).toContain('leader-epoch-checkpoint');
    expect(partitionLogView(run, 0)).toEqual(partitionLogView(finished(document), 0));
  });

  test('[VIEW-10] the notes of an export name the codecs it could not write', () => {
    expect(exportNotes(new Map([['snappy', 1]])).join(' ')).toContain('1 batch of snappy could not be compressed');
    expect(exportNotes(new Map()).join(' ')).not.toContain('could not');
  });
});
