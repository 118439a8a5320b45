/** Following a record from its producer into a log: what a watcher is told of requests, appends, answers and high watermarks. */
import { leaderLogOf } from '../../broker/replicas.ts';
import type { ProduceError, ProducerBatch, ProduceRequest } from '../../broker/produceRequest.ts';
import type { RunWatcher } from '../../broker/watcher.ts';
import { BatchAttribute } from '../../log/recordBatch.ts';
import type { AccumulatorBatch } from '../../producer/batch.ts';
import { type Attempt, type CopyTrail, isFollowed, type Sending, type Trail } from './trail.ts';

type ProducingHooks = Pick<
  RunWatcher,
  'requestSent' | 'batchAppended' | 'batchSettled' | 'producerAbandoned' | 'markerAppended' | 'highWatermarkRaised'
>;

/** `trailOf` gives the trail once there is a run: a watcher comes before it. */
export function producingHooks(trailOf: () => Trail): ProducingHooks {
  return {
    requestSent: (request) => noteRequest(trailOf(), request),
    batchAppended: (request, place, leaderEpoch) => noteAppend(trailOf(), request, place, leaderEpoch),
    batchSettled: (_producer, batch, error) => settle(trailOf(), batch, error),
    producerAbandoned: (producer) => abandon(trailOf(), producer),
    markerAppended: ({ partition, producerId, type, offset }) => {
      const { copies, run } = trailOf();
      for (const copy of copies) {
        if (!copy.transactional || copy.partition !== partition || copy.producerId !== producerId) continue;
        if (copy.offset < 0 || copy.offset >= offset || copy.markerUs >= 0) continue;
        copy.markerUs = run.ctx.events.nowUs;
        copy.markerType = type;
      }
    },
    highWatermarkRaised: (partition, _broker, offset) => {
      const { copies, run } = trailOf();
      for (const copy of copies) {
        if (copy.partition === partition && copy.offset >= 0 && copy.offset < offset && copy.visibleUs < 0)
          copy.visibleUs = run.ctx.events.nowUs;
      }
    },
  };
}

function noteRequest(trail: Trail, request: ProduceRequest): void {
  const { ctx } = trail.run;
  const { member, path } = ctx.producers[request.producer]!;
  // A source sends nothing but its own.
  if (member < 0 && path !== trail.record.source) return;
  const attempt = attemptOf(trail, request);
  for (const batch of request.batches) {
    const { sequence, path: paths, sentUs } = batch.columns;
    const before = trail.sendings.get(batch) ?? [];
    const found: Sending[] = [];
    for (let index = 0; index < batch.count; index++) {
      if (sequence[index] !== trail.record.sequence) continue;
      if (!isFollowed(trail.record, ctx.paths, { path: paths[index]!, sequence: sequence[index]! })) continue;
      const known = before.find((sending) => sending.index === index && sending.copy.handedUs === sentUs[index]);
      const copy = known?.copy ?? copyAt(trail, request, batch, index, attempt);
      copy.requests++;
      if (copy.offset < 0) {
        copy.attempt = attempt;
        copy.broker = request.broker;
      }
      found.push({ index, copy, attempt });
    }
    if (found.length > 0) trail.sendings.set(batch, found);
    else trail.sendings.delete(batch);
  }
}

/** What the request takes at least, as `requestArrivalUs` reckons it. */
function attemptOf({ run }: Trail, { sentUs, sizeBytes, handlerUs }: ProduceRequest): Attempt {
  const { networkLatencyUs, networkBytesPerUs, handlerUs: costUs } = run.ctx.costs;
  const transferUs = networkBytesPerUs > 0 ? sizeBytes / networkBytesPerUs : 0;
  return { sentUs, networkUs: Math.round(networkLatencyUs + transferUs), handlerUs: costUs > 0 ? Math.round(costUs + handlerUs) : 0 };
}

/** The copy at `index` of a batch: one that was sent in another batch, which was split, or a new one. */
function copyAt(trail: Trail, request: ProduceRequest, batch: ProducerBatch, index: number, attempt: Attempt): CopyTrail {
  const { ctx } = trail.run;
  const { columns, partition } = batch;
  const handedUs = columns.sentUs[index]!;
  const { producer } = request;
  const split = trail.copies.find(
    (copy) =>
      copy.producer === producer && copy.partition === partition && copy.handedUs === handedUs && copy.offset < 0 && copy.answeredUs < 0,
  );
  if (split !== undefined) return split;
  const { topic } = ctx.partitions[partition]!;
  const { lingerUs } = ctx.producers[producer]!.config;
  const closedUs = (batch as AccumulatorBatch).closedUs;
  const copy: CopyTrail = {
    id: trail.copies.length,
    parent: takePending(trail, { producer, topic, handedUs }),
    duplicateOf: -1,
    producer,
    topic,
    partition,
    key: columns.key[index]!,
    path: columns.path[index]!,
    madeUs: columns.timestampUs[index]!,
    handedUs,
    createdUs: batch.createdUs,
    readyUs: Math.min(closedUs, batch.createdUs + lingerUs),
    firstSentUs: attempt.sentUs,
    acks: request.acks,
    transactional: (batch.attributes & BatchAttribute.transactional) !== 0,
    producerId: batch.producerId,
    attempt,
    requests: 0,
    recognised: 0,
    offset: -1,
    broker: request.broker,
    leaderEpoch: -1,
    appendedUs: -1,
    visibleUs: -1,
    answeredUs: -1,
    error: 'NONE',
    markerUs: -1,
    markerType: 'COMMIT',
    cutOff: false,
  };
  trail.copies.push(copy);
  return copy;
}

/** The delivery whose output this is. */
function takePending(trail: Trail, sent: { readonly producer: number; readonly topic: number; readonly handedUs: number }): number {
  const place = trail.pending.findIndex(
    ({ delivery, topic, handedUs }) =>
      topic === sent.topic &&
      handedUs === sent.handedUs &&
      trail.run.ctx.workers[trail.deliveries[delivery]!.member]!.producer === sent.producer,
  );
  return place < 0 ? -1 : trail.pending.splice(place, 1)[0]!.delivery;
}

function noteAppend(trail: Trail, request: ProduceRequest, place: number, leaderEpoch: number): void {
  const batch = request.batches[place]!;
  const baseOffset = request.baseOffsets[place]!;
  if (request.errors[place] !== 'NONE' || baseOffset < 0) return;
  const sendings = trail.sendings.get(batch) ?? [];
  noteCut(trail, request, batch, baseOffset, sendings);
  for (const sending of sendings) {
    const offset = baseOffset + sending.index;
    const { copy } = sending;
    if (copy.offset === offset && !copy.cutOff) {
      copy.recognised++;
      continue;
    }
    const written = copy.offset < 0 ? copy : writtenAgain(trail, sending);
    written.offset = offset;
    written.broker = request.broker;
    written.leaderEpoch = leaderEpoch;
    written.appendedUs = trail.run.ctx.events.nowUs;
    written.attempt = sending.attempt;
    sending.copy = written;
  }
}

/** The batch was in the log already, and is again: a producer without idempotence, or a leader that did not have it. */
function writtenAgain(trail: Trail, { copy, attempt }: Sending): CopyTrail {
  const again: CopyTrail = {
    ...copy,
    id: trail.copies.length,
    duplicateOf: copy.id,
    attempt,
    recognised: 0,
    visibleUs: -1,
    answeredUs: -1,
    error: 'NONE',
    markerUs: -1,
    cutOff: false,
  };
  trail.copies.push(again);
  return again;
}

/** What is appended below a copy stands where the copy was: a new leader did not have it. */
function noteCut(trail: Trail, { broker }: ProduceRequest, batch: ProducerBatch, baseOffset: number, own: readonly Sending[]): void {
  for (const copy of trail.copies) {
    if (copy.partition !== batch.partition || copy.offset < baseOffset || copy.cutOff) continue;
    if (own.some((sending) => sending.copy === copy && copy.offset === baseOffset + sending.index)) continue;
    // A batch that was found written before has others behind it.
    const end = leaderLogOf(trail.run.ctx.partitions[batch.partition]!, broker)?.logEndOffset;
    if (end === baseOffset + batch.count) copy.cutOff = true;
  }
}

function settle(trail: Trail, batch: ProducerBatch, error: ProduceError): void {
  for (const { copy } of trail.sendings.get(batch) ?? []) {
    copy.answeredUs = trail.run.ctx.events.nowUs;
    copy.error = error;
  }
  trail.sendings.delete(batch);
}

function abandon(trail: Trail, producer: number): void {
  for (const [batch, sendings] of trail.sendings) {
    for (const { copy } of sendings) {
      if (copy.producer !== producer) continue;
      if (copy.offset < 0) {
        copy.answeredUs = trail.run.ctx.events.nowUs;
        copy.error = 'ABANDONED';
      }
      trail.sendings.delete(batch);
    }
  }
  trail.pending = trail.pending.filter(({ delivery }) => trail.run.ctx.workers[trail.deliveries[delivery]!.member]!.producer !== producer);
}
