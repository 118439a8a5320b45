/** What each microsecond of a copy and of a delivery went to: moments into stretches that follow one another without a gap. */
import type { JourneyStage, StageKind } from '../../report/recordJourney.ts';
import { retryOutput } from '../../process/failurePolicy.ts';
import { type CopyTrail, copyOutcome, type DeliveryTrail, type Trail } from './trail.ts';

/** A row of stages that begins at `fromUs`. Moments that lie before what is reached already add nothing, so no stage overlaps another. */
function row(fromUs: number): { readonly stages: JourneyStage[]; readonly to: (kind: StageKind, toUs: number) => void } {
  const stages: JourneyStage[] = [];
  let atUs = fromUs;
  return {
    stages,
    to: (kind, toUs) => {
      if (!(toUs > atUs)) return;
      stages.push({ kind, fromUs: atUs, toUs });
      atUs = toUs;
    },
  };
}

/** From when a copy was given to its producer until readers may see it, or as far as it has come. */
export function copyStages({ run }: Trail, copy: CopyTrail): JourneyStage[] {
  const { attempt, appendedUs, visibleUs } = copy;
  const { nowUs } = run.ctx.events;
  const { stages, to } = row(copy.handedUs);
  const endUs = copyOutcome(copy) === 'refused' ? copy.answeredUs : nowUs;
  to('buffer', Math.min(copy.createdUs, copy.firstSentUs));
  to('linger', Math.min(Math.max(copy.readyUs, copy.createdUs), copy.firstSentUs));
  to('send', copy.firstSentUs);
  to('retry', attempt.sentUs);
  const arrivedUs = appendedUs < 0 ? endUs : appendedUs;
  to('network', Math.min(attempt.sentUs + attempt.networkUs, arrivedUs));
  to('request-queue', Math.max(arrivedUs - attempt.handlerUs, attempt.sentUs));
  to('handler', arrivedUs);
  if (appendedUs >= 0) to('replication', visibleUs < 0 ? (copy.cutOff ? appendedUs : nowUs) : visibleUs);
  return stages;
}

/** From when readers may see the copy to the end of the service, or as far as it has come. */
export function deliveryStages({ run, copies, deliveries }: Trail, delivery: DeliveryTrail): JourneyStage[] {
  const copy = copies[delivery.copy]!;
  const endUs = delivery.endUs < 0 ? run.ctx.events.nowUs : delivery.endUs;
  const { stages, to } = row(copy.visibleUs < 0 ? copy.appendedUs : copy.visibleUs);
  const until = (kind: StageKind, atUs: number): void => to(kind, Math.min(atUs < 0 ? endUs : atUs, endUs));
  const { isolation } = run.ctx.consumers[delivery.member]!.config;
  if (copy.transactional && isolation === 'read_committed' && copy.markerUs >= 0)
    until('transaction', Math.min(copy.markerUs, delivery.fetchedUs));
  const previous = delivery.previous < 0 ? null : deliveries[delivery.previous]!;
  if (previous !== null && previous.endUs >= 0) until('earlier', Math.min(previous.endUs, delivery.fetchedUs));
  until('fetch', delivery.fetchedUs);
  until('buffered', delivery.polledUs);
  if (delivery.polledUs < 0) return stages;
  until('before-service', delivery.begunUs);
  if (delivery.begunUs < 0) return stages;
  until('turn', delivery.startUs);
  until('backoff', delivery.startUs + delivery.waitUs);
  until('service', delivery.plannedUs);
  until('stalled', endUs);
  return stages;
}

/** The whole way to the end of a delivery, from where the record was made. Its stages add up to the time between the two. */
export function wayTo(trail: Trail, delivery: DeliveryTrail): JourneyStage[] {
  const hops: DeliveryTrail[] = [];
  for (let at: DeliveryTrail | undefined = delivery; at !== undefined; at = trail.deliveries[trail.copies[at.copy]!.parent])
    hops.unshift(at);
  const { stages, to } = row(trail.copies[hops[0]!.copy]!.madeUs);
  hops.forEach((hop, i) => {
    const copy = trail.copies[hop.copy]!;
    const next = hops[i + 1];
    const untilUs = next === undefined ? Infinity : trail.copies[next.copy]!.handedUs;
    to('buffer', copy.handedUs);
    for (const stage of [...copyStages(trail, copy), ...deliveryStages(trail, hop)]) to(stage.kind, Math.min(stage.toUs, untilUs));
  });
  return stages;
}

/** As what a delivery sent the copy. */
export function sentAs({ run, deliveries }: Trail, { parent, topic }: CopyTrail): 'output' | 'retry' | 'dead-letter' {
  if (parent < 0) return 'output';
  const delivery = deliveries[parent]!;
  if (delivery.outcome !== 'retried' && delivery.outcome !== 'dead-lettered') return 'output';
  const node = run.ctx.nodes[run.ctx.workers[delivery.member]!.node]!;
  return delivery.outcome === 'retried' && node.outputs[retryOutput]?.includes(topic) ? 'retry' : 'dead-letter';
}
