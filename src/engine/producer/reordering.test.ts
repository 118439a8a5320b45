/** What retries do to the order of one partition (ProducerConfig, max.in.flight.requests.per.connection). */
import { describe, expect, test } from 'vitest';
import type { Config, Fault } from '../../pipeline/document.ts';
import { runTo, simple, start } from '../run/harness.ts';

/** Sequences of a source's records in the log, in the order of offsets, which begins to write when the ISR is too small for acks=all, and is refused for 8 s. */
function writtenOrder(source: Config): number[] {
  const topic = { partitions: 1, 'replication.factor': 2, 'min.insync.replicas': 2 };
  const setting = (faults: Fault[]) =>
    simple({
      source: {
        'workload.rate': 200,
        'workload.records': 6000,
        'workload.start.ms': 13_000,
        'batch.size': 0,
        'linger.ms': 0,
        acks: 'all',
        ...source,
      },
      topic,
      cluster: { brokers: 2, 'network.latency.ms': 2, 'broker.restart.ms': 1000 },
      faults,
      seconds: 90,
    });
  const follower = start(setting([])).ctx.cluster.controller.partitions[0]!.replicas[1]!;
  const run = runTo(
    start(
      setting([
        { atMs: 3_000, action: 'broker.kill', broker: follower },
        { atMs: 20_000, action: 'broker.restart', broker: follower },
      ]),
    ),
    85_000,
  );
  expect(run.ctx.producers[0]).toMatchObject({ ackedRecords: 6000, failedRecords: 0 });
  const { log } = run.ctx.partitions[0]!;
  return log.blocks.flatMap(({ columns, recordCount }) => [...columns!.sequence.subarray(0, recordCount)]);
}

const isInOrder = (sequences: readonly number[]): boolean => sequences.every((sequence, i) => i === 0 || sequence > sequences[i - 1]!);

describe('batches that are refused for a while', () => {
  test('[PRO-14] without idempotence and with several requests in flight retries reorder', () => {
    const order = writtenOrder({ 'enable.idempotence': false, 'max.in.flight.requests.per.connection': 5 });
    expect(isInOrder(order)).toBe(false);
    expect(new Set(order).size).toBe(6000);
  });

  test('[PRO-14] with one request in flight they do not', () => {
    expect(isInOrder(writtenOrder({ 'enable.idempotence': false, 'max.in.flight.requests.per.connection': 1 }))).toBe(true);
  });

  test('[PRO-18] nor with idempotence, five requests in flight or not', () => {
    const order = writtenOrder({ 'max.in.flight.requests.per.connection': 5 });
    expect(isInOrder(order)).toBe(true);
    expect(order.length).toBe(6000);
  });
});
