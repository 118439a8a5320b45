/** Reading from a replica that is nearer than the leader (KIP-392): SubscriptionState.preferredReadReplica, AbstractFetch.selectReadReplica. */
import type { FetchSession } from '../broker/fetchSession.ts';
import type { ConsumerContext } from './context.ts';
import { type ConsumerState, type OwnedPartition, ownedPartition } from './consumer.ts';
import { reopenChangedSessions } from './sessions.ts';

/** The leader has named replicas in the consumer's rack: they are fetched from until `metadata.max.age.ms` is over. */
export function takePreferred(ctx: ConsumerContext, consumer: ConsumerState, session: FetchSession): void {
  const untilUs = ctx.events.nowUs + ctx.members[consumer.index]!.config.metadataMaxAgeUs;
  for (const { position, broker } of session.preferred) {
    const owned = ownedPartition(consumer, session.partitions[position]!);
    if (owned === undefined || owned.fetchOffset !== session.offsets[position]) continue;
    owned.preferred = broker;
    owned.preferredUntilUs = untilUs;
    consumer.leaseUs = Math.min(consumer.leaseUs, untilUs);
  }
  session.preferred = [];
  reopenChangedSessions(ctx, consumer);
}

/** Back to the leaders of partitions that were read from elsewhere. Gives whether there were any. */
function clearPreferred(ctx: ConsumerContext, consumer: ConsumerState, isMeant: (owned: OwnedPartition) => boolean): boolean {
  let cleared = false;
  consumer.leaseUs = Infinity;
  for (const owned of consumer.owned) {
    if (owned.preferred < 0) continue;
    if (isMeant(owned)) {
      owned.preferred = -1;
      cleared = true;
    } else consumer.leaseUs = Math.min(consumer.leaseUs, owned.preferredUntilUs);
  }
  if (cleared) reopenChangedSessions(ctx, consumer);
  return cleared;
}

/** Before fetches are sent: leases that have run out. */
export function endLeases(ctx: ConsumerContext, consumer: ConsumerState): void {
  clearPreferred(ctx, consumer, ({ preferredUntilUs }) => ctx.events.nowUs > preferredUntilUs);
}

/** A fetch was lost, a connection could not be made: nothing is read from that broker that has another leader. */
export function leaveReplica(ctx: ConsumerContext, consumer: ConsumerState, broker: number): boolean {
  return consumer.leaseUs !== Infinity && clearPreferred(ctx, consumer, ({ preferred }) => preferred === broker);
}

/** A replica has refused a partition, or does not have the offset: the leader is asked, and nothing is reset. */
export function leaveReplicaOf(ctx: ConsumerContext, consumer: ConsumerState, partitions: readonly number[]): boolean {
  return consumer.leaseUs !== Infinity && clearPreferred(ctx, consumer, ({ index }) => partitions.includes(index));
}
