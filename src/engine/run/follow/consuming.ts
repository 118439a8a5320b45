/** Following a record from a log to the end of its services: what a watcher is told of fetches, polls, services, outputs and commits. */
import { type GroupError, lacksCoordinator } from '../../group/protocol.ts';
import type { PolledSlice, RunWatcher } from '../../broker/watcher.ts';
import type { FetchedRecords } from '../../log/partitionLog.ts';
import { Outcome } from '../../process/failurePolicy.ts';
import type { WorkerState } from '../../process/worker.ts';
import type { CopyTrail, DeliveryTrail, Trail } from './trail.ts';

type ConsumingHooks = Omit<
  RunWatcher,
  | 'requestSent'
  | 'batchAppended'
  | 'batchSettled'
  | 'producerAbandoned'
  | 'markerAppended'
  | 'highWatermarkRaised'
  | 'transactionBegun'
  | 'memberStarted'
>;

export function consumingHooks(trailOf: () => Trail): ConsumingHooks {
  return {
    recordsFetched: (member, fetched) => {
      const trail = trailOf();
      for (const copy of copiesIn(trail, fetched)) addDelivery(trail, copy, member);
    },
    polled: (member, slices) => notePoll(trailOf(), member, slices),
    serviceBegun: (member) => noteService(trailOf(), member),
    recordBegun: (member, fetched, index, thread) => noteThread(trailOf(), member, { fetched, index, thread }),
    serviceEnded: (member, { fetched, from, count }, endUs, endFrom) => {
      const trail = trailOf();
      for (const copy of copiesIn(trail, fetched)) {
        const record = indexOf(fetched, copy.offset) - from;
        if (record < 0 || record >= count) continue;
        const delivery = openDelivery(trail, copy, member);
        if (delivery !== undefined) endDelivery(trail, delivery, endFrom + record, endUs[endFrom + record]!);
      }
    },
    outputSent: (member, fetched, index, topic) => {
      const trail = trailOf();
      for (const copy of copiesIn(trail, fetched)) {
        if (indexOf(fetched, copy.offset) !== index) continue;
        const delivery = openDelivery(trail, copy, member);
        if (delivery === undefined) continue;
        delivery.outputs++;
        trail.pending.push({ delivery: delivery.id, topic, handedUs: trail.run.ctx.events.nowUs });
      }
    },
    commitSent: (_member, partitions, offsets) => void trailOf().commits.set(offsets, partitions),
    commitAnswered: (member, offsets, error) => noteCommit(trailOf(), member, offsets, error),
    transactionEnded: (producer, result) => noteTransaction(trailOf(), producer, result),
    assigned: (member, _generation, partitions) => {
      const trail = trailOf();
      giveBack(trail, member, 'handed-back', (copy, { begunUs }) => begunUs < 0 && !partitions.includes(copy.partition));
    },
    positionSet: (member, partition, offset, cause) => {
      giveBack(
        trailOf(),
        member,
        'handed-back',
        (copy, { polledUs }) => polledUs < 0 && copy.partition === partition && (cause === 'seek' || copy.offset >= offset),
      );
    },
    memberEnded: (member, how) => giveBack(trailOf(), member, how === 'crashed' ? 'crashed' : 'handed-back', () => true),
  };
}

/** Place of an offset in a fetch answer; -1 when it is not in it. */
function indexOf({ offsets, baseOffset, count }: FetchedRecords, offset: number): number {
  if (offset < baseOffset) return -1;
  if (offsets === null) return offset - baseOffset < count ? offset - baseOffset : -1;
  const index = offsets.indexOf(offset);
  return index < count ? index : -1;
}

const copiesIn = ({ copies }: Trail, fetched: FetchedRecords): CopyTrail[] =>
  copies.filter((copy) => copy.partition === fetched.partition && copy.offset >= 0 && !copy.cutOff && indexOf(fetched, copy.offset) >= 0);

const openDelivery = ({ deliveries }: Trail, { id }: CopyTrail, member: number): DeliveryTrail | undefined =>
  deliveries.findLast((delivery) => delivery.copy === id && delivery.member === member && delivery.endUs < 0);

function addDelivery(trail: Trail, copy: CopyTrail, member: number): DeliveryTrail {
  const { ctx } = trail.run;
  const { nowUs } = ctx.events;
  const stale = openDelivery(trail, copy, member);
  // It reads once more what it had: what it held is void.
  if (stale !== undefined) end(stale, nowUs, 'handed-back');
  const { group } = ctx.nodes[ctx.workers[member]!.node]!;
  const delivery: DeliveryTrail = {
    id: trail.deliveries.length,
    copy: copy.id,
    member,
    group,
    previous: trail.deliveries.findLast((other) => other.copy === copy.id && other.group === group)?.id ?? -1,
    fetchedUs: nowUs,
    polledUs: -1,
    begunUs: -1,
    startUs: -1,
    plannedUs: -1,
    waitUs: 0,
    retries: 0,
    endUs: -1,
    committedUs: -1,
    outcome: 'under-way',
    outputs: 0,
  };
  trail.deliveries.push(delivery);
  return delivery;
}

function end(delivery: DeliveryTrail, atUs: number, outcome: DeliveryTrail['outcome']): void {
  delivery.endUs = atUs;
  delivery.outcome = outcome;
}

/** Goes over the copies among the records of a poll, with their place in it. */
function forEachPolled(trail: Trail, slices: readonly PolledSlice[], visit: (copy: CopyTrail, record: number) => void): void {
  let before = 0;
  for (const { fetched, from, to } of slices) {
    for (const copy of copiesIn(trail, fetched)) {
      const index = indexOf(fetched, copy.offset);
      if (index >= from && index < to) visit(copy, before + index - from);
    }
    before += to - from;
  }
}

function notePoll(trail: Trail, member: number, slices: readonly PolledSlice[]): void {
  const { nowUs } = trail.run.ctx.events;
  forEachPolled(trail, slices, (copy) => {
    const delivery = openDelivery(trail, copy, member);
    if (delivery !== undefined) delivery.polledUs = nowUs;
  });
}

function noteService(trail: Trail, member: number): void {
  const { ctx } = trail.run;
  const worker = ctx.workers[member]!;
  const { nowUs } = ctx.events;
  forEachPolled(trail, worker.slices, (copy, record) => {
    // Members of share groups take what has come without being told of it.
    const delivery = openDelivery(trail, copy, member) ?? addDelivery(trail, copy, member);
    if (delivery.polledUs < 0) delivery.polledUs = nowUs;
    planDelivery(delivery, worker, { nowUs, record, last: lastOfWrite(worker, ctx.nodes[worker.node]!, record) });
  });
}

/** A thread of a pool takes a record up. */
function noteThread(
  trail: Trail,
  member: number,
  begun: { readonly fetched: FetchedRecords; readonly index: number; readonly thread: number },
): void {
  const { ctx } = trail.run;
  const { fetched, index, thread } = begun;
  for (const copy of copiesIn(trail, fetched)) {
    if (indexOf(fetched, copy.offset) !== index) continue;
    const delivery = openDelivery(trail, copy, member);
    if (delivery !== undefined) planDelivery(delivery, ctx.workers[member]!, { nowUs: ctx.events.nowUs, record: thread, last: thread });
  }
}

/** The times of a service that begins, from the member's plan; those of a write stand at its last record. */
function planDelivery(
  delivery: DeliveryTrail,
  worker: WorkerState,
  { nowUs, record, last }: { readonly nowUs: number; readonly record: number; readonly last: number },
): void {
  delivery.begunUs = nowUs;
  const hasOutcomes = worker.retries.length > 0;
  delivery.retries = hasOutcomes ? worker.retries[last]! : 0;
  delivery.waitUs = hasOutcomes ? worker.waitUs[last]! : 0;
  delivery.plannedUs = worker.finishUs[record]!;
  const startUs = Math.round(delivery.plannedUs - worker.serviceUs[last]! - delivery.waitUs);
  delivery.startUs = Number.isFinite(startUs) ? startUs : nowUs;
}

/** The record of a poll on which the time of its write stands: records that are written together end together. */
function lastOfWrite(
  worker: WorkerState,
  node: { readonly writeBatchRecords: number; readonly concurrency: number },
  record: number,
): number {
  if (node.concurrency > 1) return record;
  const batch = node.writeBatchRecords;
  return Math.min(worker.count, (Math.floor(record / batch) + 1) * batch) - 1;
}

const outcomes: Readonly<Record<number, DeliveryTrail['outcome']>> = {
  [Outcome.skipped]: 'failed',
  [Outcome.rejected]: 'failed',
  [Outcome.retried]: 'retried',
  [Outcome.deadLettered]: 'dead-lettered',
  [Outcome.duplicate]: 'duplicate',
};

function endDelivery(trail: Trail, delivery: DeliveryTrail, record: number, endUs: number): void {
  const { ctx } = trail.run;
  const worker = ctx.workers[delivery.member]!;
  // What a stream processor makes of a record are other records.
  const isFiltered =
    worker.producer >= 0 && worker.streams === null && ctx.nodes[worker.node]!.role === 'processor' && delivery.outputs === 0;
  end(delivery, endUs, outcomes[worker.failed[record]!] ?? (isFiltered ? 'filtered' : 'served'));
}

function noteCommit(trail: Trail, member: number, offsets: readonly number[], error: string): void {
  const partitions = trail.commits.get(offsets);
  // It may be sent again.
  if (lacksCoordinator(error as GroupError)) return;
  trail.commits.delete(offsets);
  if (partitions === undefined || error !== 'NONE') return;
  const { ctx } = trail.run;
  const { group } = ctx.consumers[member]!;
  for (const delivery of trail.deliveries) {
    const { partition, offset } = trail.copies[delivery.copy]!;
    const place = partitions.indexOf(partition);
    if (delivery.outcome === 'crashed' || delivery.outcome === 'handed-back') continue;
    if (delivery.group === group && delivery.committedUs < 0 && place >= 0 && offsets[place]! > offset)
      delivery.committedUs = ctx.events.nowUs;
  }
}

/** Members with `processing.guarantee=exactly_once_v2` commit their offsets with their transactions. */
function noteTransaction(trail: Trail, producer: number, result: 'commit' | 'abort' | 'unknown'): void {
  const { ctx } = trail.run;
  const { member } = ctx.producers[producer]!;
  if (member < 0 || ctx.workers[member]!.readProcessWrite === null) return;
  for (const delivery of trail.deliveries) {
    if (delivery.member !== member || delivery.committedUs >= 0 || delivery.begunUs < 0) continue;
    if (result === 'commit' && delivery.endUs >= 0) delivery.committedUs = ctx.events.nowUs;
    else if (result === 'abort') end(delivery, ctx.events.nowUs, 'aborted');
  }
}

/** What a member holds and has not done is no longer its own. */
function giveBack(
  { run, copies, deliveries }: Trail,
  member: number,
  outcome: 'handed-back' | 'crashed',
  isLost: (copy: CopyTrail, delivery: DeliveryTrail) => boolean,
): void {
  for (const delivery of deliveries) {
    if (delivery.member === member && delivery.endUs < 0 && isLost(copies[delivery.copy]!, delivery))
      end(delivery, run.ctx.events.nowUs, outcome);
  }
}
