/** Rates that can be told from the configs alone; NaN where they cannot. */
import type { PipelineNode } from '../document.ts';
import { isPooled } from './pools.ts';
import type { RuleContext } from './rule.ts';
import { numberOf, roleOf, textOf, topicsOf, writersOf } from './rule.ts';

/** Mean records a second of a source, in the long run. */
export function meanRatePerSecond(context: RuleContext, node: PipelineNode): number {
  const rate = numberOf(context, node, 'workload.rate');
  if (roleOf(node) !== 'producer') return Number.NaN;
  switch (textOf(context, node, 'workload.shape')) {
    case 'constant':
    case 'poisson':
      return rate;
    case 'sine':
      // A swing below zero is cut off there, so that the mean lies higher.
      return numberOf(context, node, 'workload.sine.amplitude') <= rate ? rate : Number.NaN;
    case 'ramp':
      return numberOf(context, node, 'workload.ramp.rate');
    case 'bursts': {
      const everyMs = numberOf(context, node, 'workload.burst.every.ms');
      const share = Math.min(1, numberOf(context, node, 'workload.burst.ms') / everyMs);
      return numberOf(context, node, 'workload.burst.rate') * share + rate * (1 - share);
    }
    default:
      return Number.NaN;
  }
}

/** What is written to a topic: records and bytes of values a second. NaN when a processor or a replay writes too, or the sources end. */
export function writtenPerSecond(context: RuleContext, topic: PipelineNode): { readonly records: number; readonly bytes: number } {
  let records = 0;
  let bytes = 0;
  for (const node of writersOf(context, topic)) {
    const rate = numberOf(context, node, 'workload.records') === 0 ? meanRatePerSecond(context, node) : Number.NaN;
    records += rate;
    bytes += rate * numberOf(context, node, 'value.size.bytes');
  }
  return { records, bytes };
}

/** Mean service time in ms, with the call of a system outside, where it can be told from the configs; NaN else. */
export function serviceTimeMs(context: RuleContext, node: PipelineNode): number {
  return ownTimeMs(context, node) + (node.kind === 'service' ? numberOf(context, node, 'call.latency.ms') : 0);
}

function ownTimeMs(context: RuleContext, node: PipelineNode): number {
  switch (textOf(context, node, 'service.time.distribution')) {
    case 'uniform':
      return (numberOf(context, node, 'service.time.min.ms') + numberOf(context, node, 'service.time.max.ms')) / 2;
    case 'two-point': {
      const share = numberOf(context, node, 'service.time.high.probability');
      return numberOf(context, node, 'service.time.low.ms') * (1 - share) + numberOf(context, node, 'service.time.high.ms') * share;
    }
    case 'empirical':
      return Number.NaN;
    default:
      return numberOf(context, node, 'service.time.ms');
  }
}

/** Records a member works on at the same time: a write's batch, a service's concurrency, a pool's threads. */
export function recordsAtOnce(context: RuleContext, node: PipelineNode): number {
  if (isPooled(context, node)) return numberOf(context, node, 'pool.threads');
  if (node.kind === 'sink') return numberOf(context, node, 'write.batch.records');
  if (node.kind === 'micro-batch') return numberOf(context, node, 'executor.cores');
  return node.kind === 'service' ? numberOf(context, node, 'concurrency') : 1;
}

/** Most records a second a node can work off with all its instances, Infinity when nothing costs time. */
export function capacityPerSecond(context: RuleContext, node: PipelineNode): number {
  const partitions = Math.max(...topicsOf(context, node, 'read').map((topic) => numberOf(context, topic, 'partitions')));
  const members = partitions >= 1 ? Math.min(numberOf(context, node, 'instances'), partitions) : Number.NaN;
  const serviceMs = serviceTimeMs(context, node);
  const limit = node.kind === 'sink' ? numberOf(context, node, 'rate.limit') : 0;
  const byPartition = isPooled(context, node) && textOf(context, node, 'pool.ordering') === 'partition';
  const together = byPartition ? Math.min(recordsAtOnce(context, node), partitions / members) : recordsAtOnce(context, node);
  const served = serviceMs === 0 ? Number.POSITIVE_INFINITY : (together / serviceMs) * 1000;
  return members * Math.min(served, limit === 0 ? Number.POSITIVE_INFINITY : limit);
}
