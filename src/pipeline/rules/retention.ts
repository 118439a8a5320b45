/** Whether topics keep records until their slowest reader has read them. */
import type { PipelineNode } from '../document.ts';
import type { Finding } from '../finding.ts';
import { pointer } from '../findings.ts';
import { countUpTo, momentsOf } from './moments.ts';
import { capacityPerSecond, writtenPerSecond } from './rates.ts';
import type { Rule, RuleContext } from './rule.ts';
import { about, isConsumer, nodesWhere, numberOf, textOf, topicsOf } from './rule.ts';

interface Kept {
  /** How long a record stays, in ms; Infinity when nothing deletes it. */
  readonly ms: number;
  readonly config: 'retention.ms' | 'retention.bytes';
}

/** How long a topic keeps records: by age, or by size at the rate it is written. Whole segments go, so the truth is somewhat longer. */
function keptMs(context: RuleContext, topic: PipelineNode): Kept {
  if (!textOf(context, topic, 'cleanup.policy').includes('delete')) return { ms: Number.POSITIVE_INFINITY, config: 'retention.ms' };
  const age = numberOf(context, topic, 'retention.ms');
  const bytes = numberOf(context, topic, 'retention.bytes');
  const byAge = age < 0 ? Number.POSITIVE_INFINITY : age;
  const bySize =
    bytes < 0 ? Number.NaN : ((bytes * numberOf(context, topic, 'partitions')) / writtenPerSecond(context, topic).bytes) * 1000;
  return bySize < byAge ? { ms: bySize, config: 'retention.bytes' } : { ms: byAge, config: 'retention.ms' };
}

/** A length of time as people say it. */
function spoken(ms: number): string {
  const units = [
    [86_400_000, 'days'],
    [3_600_000, 'hours'],
    [60_000, 'minutes'],
    [1_000, 'seconds'],
  ] as const;
  const unit = units.find(([length]) => ms >= 2 * length);
  return unit === undefined ? `${Math.round(ms)} ms` : `${Math.round(ms / unit[0])} ${unit[1]}`;
}

/** A reader slower than its writers falls behind for ever, and one day further than the topic keeps records. */
function slowReaders(context: RuleContext): readonly Finding[] {
  return nodesWhere(context, isConsumer).flatMap((node) => {
    const read = topicsOf(context, node, 'read');
    const [topic] = read;
    if (topic === undefined || read.length > 1) return [];
    const written = writtenPerSecond(context, topic).records;
    const capacity = capacityPerSecond(context, node);
    const kept = keptMs(context, topic);
    if (!(capacity < written) || !Number.isFinite(kept.ms)) return [];
    // A record written at time t is read at t * written / capacity, and has then the age that retention compares.
    const firstLossMs = kept.ms / (1 - capacity / written);
    const isWithin = firstLossMs <= context.document.scenario.durationMs;
    const message = `"${node.name}" works off at most ${Math.round(capacity)} records a second of the ${Math.round(written)} written to "${topic.name}", which keeps them about ${spoken(kept.ms)}: after about ${spoken(firstLossMs)} records are deleted unread.`;
    const words = { message, remedy: `Give "${node.name}" more capacity; a longer ${kept.config} only postpones it.` };
    return [
      about(
        context,
        topic,
        { severity: isWithin ? ('warning' as const) : ('info' as const), code: 'retention.slow-reader', ...words },
        kept.config,
      ),
    ];
  });
}

interface Absence {
  readonly node: PipelineNode;
  readonly index: number;
  readonly lengthMs: number;
}

/** Outages, and stops of a node's only member, with their lengths. */
function absences(context: RuleContext): readonly Absence[] {
  const { faults, durationMs } = context.document.scenario;
  const answers = momentsOf(context, ['outage.end']);
  const returns = momentsOf(context, ['member.restart', 'member.add'], 0);
  return faults.flatMap((fault, index): Absence[] => {
    const node = context.nodes.get(fault.node ?? '');
    if (node === undefined) return [];
    const isOutage = fault.action === 'outage.start';
    const isOnlyMember = (fault.action === 'member.stop' || fault.action === 'member.crash') && numberOf(context, node, 'instances') === 1;
    if (!isOutage && !isOnlyMember) return [];
    const ends = (isOutage ? answers : returns).get(node.id) ?? [];
    const lengthMs = Math.min(durationMs, ends[countUpTo(ends, fault.atMs)] ?? durationMs) - fault.atMs;
    return [{ node, index, lengthMs }];
  });
}

/** A reader that is planned to be away longer than its topic keeps records loses some of them unread. */
function absencesBeyondRetention(context: RuleContext): readonly Finding[] {
  return absences(context).flatMap(({ node, index, lengthMs }) =>
    topicsOf(context, node, 'read').flatMap((topic): Finding[] => {
      const kept = keptMs(context, topic);
      if (!(kept.ms < lengthMs)) return [];
      const message = `"${node.name}" is away for ${lengthMs} ms, but "${topic.name}" keeps records for ${kept.config === 'retention.ms' ? '' : 'about '}${Math.round(kept.ms)} ms (${kept.config}): some may be deleted unread.`;
      return [
        {
          severity: 'warning',
          code: 'retention.shorter-than-outage',
          path: pointer('scenario', 'faults', index),
          node: topic.id,
          config: kept.config,
          message,
          remedy: `Raise ${kept.config} of "${topic.name}" above the longest absence of its readers.`,
        },
      ];
    }),
  );
}

export const retentionRules: readonly Rule[] = [slowReaders, absencesBeyondRetention];
