import { describe, expect, test } from 'vitest';
import { addProducer, createCluster, runUntil } from './harness.ts';
import { compressedBytes, nextEstimate, type ProducerCompression, scaledSizes, sizesOfRatio } from './compression.ts';
import { startProducer } from './producer.ts';

const half: ProducerCompression = { codec: 1, sizes: sizesOfRatio(0.5), handlerUsPerByte: 0, stored: [null], basis: 'set' };

/** Sizes in the log and records of each batch of a source that fills batches of 1,000 bytes with records of about 100. */
function batchesOf(compression: ProducerCompression | null, config = {}, maxMessageBytes = 1_048_588) {
  const ctx = createCluster({ partitions: [1], maxMessageBytes });
  const workload = { 'workload.rate': 10_000, 'workload.records': 20_000, 'value.size.bytes': 90, 'key.shape': 'none' };
  const index = addProducer(ctx, {
    workload,
    config: { batchSizeBytes: 1000, lingerUs: 5000, ...config },
    ...(compression && { compression }),
  });
  startProducer(ctx, index);
  runUntil(ctx, 4_000_000);
  const { log } = ctx.partitions[0]!;
  const found: { bytes: number; records: number; attributes: number }[] = [];
  for (const block of log.blocks) {
    const { position, firstRecord, attributes } = block.batches!;
    for (let i = 0; i < block.batchCount; i++) {
      const last = i === block.batchCount - 1;
      found.push({
        bytes: (last ? block.endPosition : position[i + 1]!) - position[i]!,
        records: (last ? block.recordCount : firstRecord[i + 1]!) - firstRecord[i]!,
        attributes: attributes[i]!,
      });
    }
  }
  return { ctx, index, batches: found };
}

describe('sizes of compressed batches', () => {
  test('[CAP-9] straight lines between measured points, the last one goes on', () => {
    const sizes = { plain: [0, 100, 1000], compressed: [20, 70, 250] };
    expect([0, 50, 100, 550, 1000, 2000].map((bytes) => compressedBytes(sizes, bytes))).toEqual([20, 45, 70, 160, 250, 450]);
    expect(compressedBytes(sizesOfRatio(0.3), 10_001)).toBe(3001);
  });

  test('[CAP-9] another codec: so many times as large, but not larger than plain', () => {
    expect(scaledSizes({ plain: [0, 100, 1000], compressed: [20, 90, 400] }, 1.5).compressed).toEqual([20, 100, 600]);
  });

  test('[CAP-10] the estimate rises by a twentieth or to what was seen, and falls by half a percent a batch, as CompressionRatioEstimator', () => {
    const float = Math.fround;
    expect(nextEstimate(float(0.8), float(0.84))).toBe(float(float(0.8) + float(0.05)));
    expect(nextEstimate(float(0.6), float(0.7))).toBe(float(0.7));
    expect(nextEstimate(float(0.6), float(0.4))).toBe(float(float(0.6) - float(0.005)));
    expect(nextEstimate(float(0.004), float(0.001))).toBe(float(0.001));
  });
});

describe('a producer that compresses', () => {
  test('[CAP-9] header and half of the records go over the wire and into the log, with the codec in the attributes', () => {
    const { batches } = batchesOf(half);
    const [first] = batches as [(typeof batches)[number]];
    const { batches: plain } = batchesOf(null);
    expect(first.attributes & 7).toBe(1);
    expect(plain[0]!.attributes & 7).toBe(0);
    // With a first estimate of 1, and the factor of 1.05, at most as many records as without.
    expect(first.records).toBeLessThanOrEqual(plain[0]!.records);
    expect(first.bytes).toBeLessThan(61 + 0.5 * first.records * 110);
    expect(first.bytes).toBeGreaterThan(61 + 0.5 * first.records * 90);
  });

  test('[CAP-10] as the estimate comes down, batches take more records: up to batch.size by the estimate, 5 % below it', () => {
    const { batches } = batchesOf(half);
    const plainRecords = batchesOf(null).batches[5]!.records;
    const settled = batches[batches.length - 2]!;
    expect(batches.length).toBeGreaterThan(150);
    expect(settled.records).toBeGreaterThanOrEqual(plainRecords * 1.7);
    expect(settled.bytes).toBeLessThanOrEqual(1000);
    expect(settled.bytes).toBeGreaterThan(850);
  });

  test('[CAP-9] a topic with a codec of its own keeps other sizes than were sent; uncompressed ones are plain', () => {
    const stored = { codec: 0, sizes: null, handlerUsPerByte: 0 };
    const { batches, ctx } = batchesOf({ ...half, stored: [stored] });
    expect(batches[0]!.attributes & 7).toBe(0);
    expect(batches[0]!.bytes).toBeGreaterThan(61 + batches[0]!.records * 90);
    expect(ctx.brokers[0]!.diskBytesWritten).toBe(ctx.partitions[0]!.log.appendedBytes);
    expect(ctx.brokers[0]!.bytesIn).toBeLessThan(0.65 * ctx.partitions[0]!.log.appendedBytes);
  });

  test('[CAP-10] batches the broker calls too large are split, and all records arrive', () => {
    const { ctx, index } = batchesOf({ ...half, stored: [{ codec: 0, sizes: null, handlerUsPerByte: 0 }] }, {}, 900);
    expect(ctx.producers[index]!.ackedRecords).toBe(20_000);
    expect(ctx.partitions[0]!.log.logEndOffset).toBe(20_000);
  });
});
