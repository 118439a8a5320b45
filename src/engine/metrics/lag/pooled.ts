/** Records that wait in a member's pool for their order's sake: threads are free, and none of what is queued may be begun. */
import { type Pool, type PoolJob } from '../../process/pool/pool.ts';
import { keyText } from '../../workload/keys.ts';
import { type Finding, figure, finding, type Teller } from './cause.ts';
import { type GroupFacts, memberName, type PartitionFacts, partitionName } from './facts.ts';
import { count, counted, listed, percent } from './words.ts';

/** Queued records looked at for the one that most of them wait behind. */
const queuedMax = 1_000;

export function ordered({ ctx, memberOf }: GroupFacts, partition: PartitionFacts): Finding | null {
  const member = memberOf.get(partition.owner);
  const pool = member === undefined ? null : ctx.workers[member.index]!.pool;
  if (member === undefined || pool === null || member.saturated || pool.stalledSinceUs >= 0) return null;
  return pool.queued > 0 && pool.free.length > 0 && pool.settings.ordering !== 'unordered'
    ? finding('pool-order', partition, member.index)
    : null;
}

/** What most of the first records of the queue wait behind: their key, or their partition. */
function longest({ jobs, queued }: Pool): { readonly job: PoolJob; readonly times: number; readonly of: number } {
  const looked = jobs.slice(0, Math.min(queued, queuedMax));
  const times = new Map<number, number>();
  for (const { shard } of looked) times.set(shard, (times.get(shard) ?? 0) + 1);
  const job = looked.reduce((most, one) => (times.get(one.shard)! > times.get(most.shard)! ? one : most));
  return { job, times: times.get(job.shard)!, of: looked.length };
}

export const tellOrdered: Teller = (facts, { subject, partitions, records }) => {
  const { ctx } = facts;
  const pool = ctx.workers[subject]!.pool!;
  const { threads, ordering } = pool.settings;
  const { job, times, of } = longest(pool);
  const { fetched } = job.of.slice;
  const key = fetched.columns.key[job.index]!;
  const busy = threads - pool.free.length;
  const behind =
    ordering === 'partition'
      ? `partition ${partitionName(facts, fetched.partition)}`
      : key < 0
        ? 'records without a key'
        : `key "${keyText(ctx.keys, key)}"`;
  return {
    member: subject,
    sentence: `Only ${busy} of the ${counted(threads, 'thread')} of ${memberName(facts, subject)} can work although ${counted(pool.queued, 'record')} are queued: pool.ordering ${ordering} begins one record of a ${ordering} at a time, and ${percent(times / of)} of ${count(of)} queued are of ${behind}. ${counted(records, 'record')} of ${listed(partitions.map(({ index }) => partitionName(facts, index)))} wait.`,
    remedy:
      ordering === 'partition'
        ? 'Order by key or not at all (pool.ordering), or more partitions.'
        : 'A finer key, or no order (pool.ordering unordered) where it does not matter.',
    figures: [
      figure('threads at work', busy),
      figure('threads', threads),
      figure('queued', pool.queued, 'records'),
      figure(`share of ${behind}`, (times / of) * 100, '%'),
    ],
  };
};
