/** Partitions that were added become known to clients when their metadata is `metadata.max.age.ms` old. */
import { EventKind } from '../../kernel/eventKinds.ts';
import { schedule } from '../../kernel/eventSet.ts';
import { noteNewPartitions } from '../../group/membership.ts';
import type { EngineContext } from '../state.ts';

/** Instead of a retry generation: the moment at which a member's metadata is too old. */
const ageGeneration = -1;

/** Producers and members that use a topic ask for metadata when theirs has reached its age, each by the clock of its own start. */
export function planDiscovery(ctx: EngineContext, topic: number): void {
  const { nowUs } = ctx.events;
  const nextUs = (sinceUs: number, ageUs: number): number => nowUs + ageUs - ((nowUs - sinceUs) % ageUs);
  for (const { index, member, topics, config } of ctx.producers) {
    if (!topics.includes(topic)) continue;
    schedule(
      ctx.events,
      nextUs(member < 0 ? 0 : ctx.workers[member]!.upSinceUs, config.metadataMaxAgeUs),
      EventKind.ProducerRetry,
      index,
      0,
    );
  }
  for (const { index, config, type } of ctx.members) {
    // Elsewhere the coordinator sees for itself that a topic has grown.
    if (type !== 'classic' || !config.topics.includes(topic)) continue;
    schedule(ctx.events, nextUs(ctx.workers[index]!.upSinceUs, config.metadataMaxAgeUs), EventKind.ConsumerRetry, index, ageGeneration);
  }
}

/** EventKind.ConsumerRetry with that generation: the leader of a group that finds new partitions makes it rebalance. Gives whether it was that. */
export function discoverPartitions(ctx: EngineContext, member: number, generation: number): boolean {
  if (generation !== ageGeneration) return false;
  noteNewPartitions(ctx, member);
  return true;
}
