/** Following one record: a run that is made again with somebody who writes down where the record is. The run that is followed knows nothing of it. */
import { rootsOf } from '../roots.ts';
import type { RunWatcher } from '../../broker/watcher.ts';
import { blockIndexAt, recordIndexAt, recordOffsetAt } from '../../log/search.ts';
import type { JourneyCopy, JourneyDelivery, RecordJourney } from '../../report/recordJourney.ts';
import { sourceOf } from '../../values/paths.ts';
import { keyHash, keyText } from '../../workload/keys.ts';
import { advance, type AdvanceOutcome } from '../advance.ts';
import type { Run } from '../build.ts';
import { consumingHooks } from './consuming.ts';
import { producingHooks } from './producing.ts';
import { copyStages, deliveryStages, sentAs, wayTo } from './stages.ts';
import { type CopyTrail, copyOutcome, type DeliveryTrail, type FollowedRecord, isComplete, type Trail } from './trail.ts';

export interface Follow {
  readonly run: Run;
  readonly trail: Trail;
  /** Where it began and where it ends at the latest. */
  readonly fromUs: number;
  readonly untilUs: number;
}

/**
 * Begins to follow a record. `make` builds the run anew with the watcher it is given, from the start or from a checkpoint taken before the record was made. It is
 * followed until every reader is done with it, or to `untilUs`.
 */
export function follow(record: FollowedRecord, untilUs: number, make: (watcher: RunWatcher) => Run): Follow {
  let trail: Trail | null = null;
  const trailOf = (): Trail => {
    if (trail === null) throw new Error('The run went on before it was joined with the trail.');
    return trail;
  };
  const run = make({ ...producingHooks(trailOf), ...consumingHooks(trailOf) });
  trail = { record, run, copies: [], deliveries: [], pending: [], sendings: new Map(), commits: new Map() };
  return { run, trail, fromUs: run.ctx.events.nowUs, untilUs };
}

/** Goes on by at most `maxEvents`. `over`: everything is known, or the end is reached. */
export function followOn({ run, trail, untilUs }: Follow, maxEvents: number): { readonly kind: 'over' } | AdvanceOutcome {
  const outcome = advance(run, { untilUs, maxEvents });
  return outcome.kind === 'reached' || outcome.kind === 'bounded' || isComplete(trail) ? { kind: 'over' } : outcome;
}

/** How far it has come, 0 to 1. */
export function followProgress({ run, fromUs, untilUs }: Follow): number {
  return untilUs <= fromUs ? 1 : Math.min(1, (run.ctx.events.nowUs - fromUs) / (untilUs - fromUs));
}

/** What is known of the record's way by now; null while nothing of it has left its producer. */
export function journeyOf({ trail }: Follow): RecordJourney | null {
  const { copies, deliveries, run, record } = trail;
  const first = copies[0];
  if (first === undefined) return null;
  return {
    source: run.topology.nodes[rootsOf(run.topology.nodes)[record.source]!.node]!.node.id,
    sequence: record.sequence,
    madeUs: first.madeUs,
    untilUs: run.ctx.events.nowUs,
    complete: isComplete(trail),
    copies: copies.map((copy) => describeCopy(trail, copy)),
    deliveries: deliveries.map((delivery) => describeDelivery(trail, delivery)),
  };
}

function describeCopy(trail: Trail, copy: CopyTrail): JourneyCopy {
  const { ctx } = trail.run;
  const { partition } = ctx.partitions[copy.partition]!;
  const topic = ctx.topics[copy.topic]!;
  const hash = copy.key < 0 ? null : keyHash(ctx.keys, copy.key);
  return {
    id: copy.id,
    parent: copy.parent,
    duplicateOf: copy.duplicateOf,
    writtenBy: ctx.producers[copy.producer]!.node,
    as: sentAs(trail, copy),
    topicNode: topic.node,
    topic: topic.name,
    partition,
    offset: copy.offset,
    key: copy.key < 0 ? null : keyText(ctx.keys, copy.key),
    keyHash: hash,
    partitions: hash === null ? topic.partitionCount : choiceOf(hash, partition, topic.partitionCount),
    broker: copy.broker,
    leaderEpoch: copy.leaderEpoch,
    handedUs: copy.handedUs,
    appendedUs: copy.appendedUs,
    visibleUs: copy.visibleUs,
    answeredUs: copy.answeredUs,
    acks: copy.acks,
    requests: copy.requests,
    recognised: copy.recognised,
    outcome: copyOutcome(copy),
    error: copy.error,
    stages: copyStages(trail, copy),
  };
}

/** Among how many partitions the producer chose: all there are now, or those it knew before some were added. */
function choiceOf(hash: number, partition: number, count: number): number {
  for (let known = count; known > partition; known--) if (hash % known === partition) return known;
  return count;
}

function describeDelivery(trail: Trail, delivery: DeliveryTrail): JourneyDelivery {
  const { ctx, topology } = trail.run;
  const worker = ctx.workers[delivery.member]!;
  let before = 0;
  for (let at = delivery.previous; at >= 0; at = trail.deliveries[at]!.previous) before++;
  return {
    id: delivery.id,
    copy: delivery.copy,
    node: ctx.nodes[worker.node]!.id,
    group: topology.groupIds[delivery.group]!,
    member: worker.number,
    before,
    outcome: delivery.outcome,
    retries: delivery.retries,
    endUs: delivery.endUs,
    committedUs: delivery.committedUs,
    stages: deliveryStages(trail, delivery),
    way: wayTo(trail, delivery),
  };
}

/** Which record stands at an offset of a partition, and when it was made; null where there is none, or no more. With a block number instead: it must be made resident first. */
export function recordAtOffset(
  run: Run,
  partition: number,
  offset: number,
): { readonly record: FollowedRecord; readonly madeUs: number } | { readonly missing: number } | null {
  const { log } = run.ctx.partitions[partition]!;
  if (offset < log.logStartOffset || offset >= log.logEndOffset || log.blocks.length === 0) return null;
  const block = log.blocks[blockIndexAt(log, offset)];
  if (block === undefined) return null;
  if (block.columns === null) return { missing: block.number };
  const index = recordIndexAt(block, offset);
  if (index >= block.recordCount || recordOffsetAt(block, index) !== offset) return null;
  const { path, sequence, timestampUs } = block.columns;
  if (path[index]! < 0) return null;
  return { record: { source: sourceOf(run.ctx.paths, path[index]!), sequence: sequence[index]! }, madeUs: timestampUs[index]! };
}

/** A watcher that finds out which record is written at an offset of a partition first, whatever becomes of it later. */
export function findRecord(place: { readonly partition: number; readonly offset: number }, runOf: () => Run) {
  let found: FollowedRecord | null = null;
  const watcher: RunWatcher = {
    batchAppended({ batches, baseOffsets, errors }, at) {
      const { partition, columns, count } = batches[at]!;
      const index = place.offset - baseOffsets[at]!;
      if (found !== null || partition !== place.partition || errors[at] !== 'NONE' || index < 0 || index >= count) return;
      found = { source: sourceOf(runOf().ctx.paths, columns.path[index]!), sequence: columns.sequence[index]! };
    },
  };
  return { watcher, found: (): FollowedRecord | null => found };
}
