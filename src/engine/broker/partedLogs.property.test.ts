/**
 * Random faults with unclean elections and acks=1, where logs part all the time: whatever a broker takes for the beginning of its leader's log has to be just that, and
 * in the end all copies are the same again.
 */
import { describe, expect, test } from 'vitest';
import type { PipelineDocument } from '../../pipeline/document.ts';
import { createFetchedRecords, type PartitionLog, readBatches } from '../log/partitionLog.ts';
import { advance } from '../run/advance.ts';
import { unrepaired } from '../run/schedules/clusterInvariants.ts';
import { scheduleMs, scheduleOf } from '../run/schedules/faultSchedules.ts';
import { start } from '../run/harness.ts';
import { reportOf } from '../run/views/report.ts';
import type { PartitionState } from './context.ts';
import { replicaEndOffset, type ReplicaState } from './replicas.ts';

const seeds = Array.from({ length: 10 }, (_, i) => 1_000 + i);

function uncleanScheduleOf(seed: number): PipelineDocument {
  const document = scheduleOf(seed);
  const more = {
    topic: { 'unclean.leader.election.enable': true, 'min.insync.replicas': 1 },
    source: { acks: seed % 3 === 0 ? 'all' : '1', 'enable.idempotence': seed % 3 === 0, 'workload.rate': 40 },
  };
  const nodes = document.nodes.map((node) => ({ ...node, config: { ...node.config, ...more[node.id as keyof typeof more] } }));
  return { ...document, nodes };
}

const read = createFetchedRecords(-1);

/** Records of [from, to) as numbers that no two records share. */
function identities(log: PartitionLog, from: number, to: number): number[] {
  const found: number[] = [];
  for (let offset = from; offset < to; offset = read.nextOffset) {
    readBatches(log, { offset, limit: to, maxBytes: Infinity, maxRecords: Infinity, atLeastOne: true }, read);
    if (read.nextOffset <= offset) break;
    for (let i = 0; i < read.count; i++) found.push(read.columns.path[i]! * 2 ** 32 + read.columns.sequence[i]!);
  }
  return found;
}

interface Tail {
  readonly from: number;
  /** Records of the tail as it was when it was looked at, and where it ended. */
  readonly records: readonly number[];
  readonly endOffset: number;
}

/** What a replica has beyond the partition's log, as last seen; null when it has nothing. */
type Seen = Map<ReplicaState, Tail | null>;

/** A tail that is gone though nothing was cut has to be in the partition's log. */
function checkTails(partition: PartitionState, seen: Seen): string | null {
  for (const replica of partition.replicas) {
    const { tail } = replica;
    const before = seen.get(replica) ?? null;
    const end = tail === null ? -1 : tail.logEndOffset;
    if (end === (before?.endOffset ?? -1)) continue;
    if (before !== null && tail === null && replicaEndOffset(partition, replica) >= before.endOffset) {
      const now = identities(partition.log, before.from, before.endOffset);
      if (String(now) !== String(before.records))
        return `broker ${replica.broker} has forgotten a tail from ${before.from} that was another`;
    }
    const from = tail?.logStartOffset ?? 0;
    seen.set(replica, tail === null ? null : { from, records: identities(tail, from, end), endOffset: end });
  }
  return null;
}

function checkShape({ log, holder, replicas, lostRecords }: PartitionState): string | null {
  if (lostRecords < 0) return `${lostRecords} records are lost`;
  for (const { broker, tail, logEndOffset, highWatermark } of replicas) {
    if (broker === holder && tail !== null) return `broker ${broker} holds the log and has a tail`;
    if (broker === holder) continue;
    if (highWatermark > (tail?.logEndOffset ?? logEndOffset)) return `broker ${broker} has its high watermark beyond its log`;
    if ((tail?.logStartOffset ?? logEndOffset) > log.logEndOffset)
      return `broker ${broker} has a gap between the partition's log and its own`;
  }
  return null;
}

describe('logs that part', () => {
  test.each(seeds)(
    '[BRK-16] property, schedule %i: tails are forgotten only where they are the same, and all copies agree in the end',
    (seed) => {
      const run = start(uncleanScheduleOf(seed));
      const { partitions } = run.ctx;
      const seen: Seen = new Map();
      const wrong: string[] = [];
      while (wrong.length === 0 && advance(run, { untilUs: scheduleMs * 1000, maxEvents: 1 }).kind === 'events') {
        for (const partition of partitions) {
          const found = checkTails(partition, seen) ?? checkShape(partition);
          if (found !== null) wrong.push(`${found}, at ${run.ctx.events.nowUs} µs`);
        }
      }
      expect(wrong).toEqual([]);
      expect(unrepaired(run)).toEqual([]);
      for (const { leader, holder, replicas } of partitions) {
        expect(holder).toBe(leader);
        expect(replicas.filter(({ tail }) => tail !== null)).toEqual([]);
      }
      const lost = partitions.reduce((sum, { lostRecords }) => sum + lostRecords, 0);
      expect(reportOf(run).topics[0]!.lost).toBe(lost);
    },
  );
});
