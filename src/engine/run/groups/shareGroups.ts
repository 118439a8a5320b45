/** Share groups of a run: made of the document's settings, and told when logs begin or end elsewhere. */
import { parseOffsetReset } from '../../../pipeline/offsetReset.ts';
import { coordinatorPartition } from '../../group/coordinatorPartition.ts';
import type { ShareGroupConfig } from '../../group/share/shareGroup.ts';
import type { Truncation } from '../../broker/replication.ts';
import { followLogStart, followTruncation } from '../../share/acknowledge.ts';
import { tellEnded } from '../../share/shareEndings.ts';
import { createSharePartition, type SharePartition } from '../../share/sharePartition.ts';
import type { ShareClientConfig, ShareGroupState, ShareReset } from '../../share/shareState.ts';
import { endCut } from '../ledger/ledgerReading.ts';
import { numberOf, type Settings, textOf } from '../configs.ts';
import { groupTypeOf } from './groups.ts';
import type { EngineContext } from '../state.ts';
import type { Topology } from '../topology.ts';

/** What coordinators demand of members of share groups. */
export function shareGroupConfig(cluster: Settings): ShareGroupConfig {
  return {
    sessionTimeoutUs: numberOf(cluster, 'group.share.session.timeout.ms') * 1000,
    heartbeatIntervalUs: numberOf(cluster, 'group.share.heartbeat.interval.ms') * 1000,
    maxSize: numberOf(cluster, 'group.share.max.size'),
  };
}

/** What a member's client follows. */
export function shareClientConfig(settings: Settings): ShareClientConfig {
  return {
    explicit: settings['share.acknowledgement.mode'] === 'explicit',
    recordLimit: settings['share.acquire.mode'] === 'record_limit',
    onFailure: settings['error.action'] === 'skip' ? 'reject' : 'release',
    renews: settings['share.acknowledgement.mode'] === 'explicit' && settings['share.acknowledgement.renew'] === true,
  };
}

/** One entry a group, null for groups of another protocol. The group's configs are those of its first node; the document was checked to be of one mind. */
export function createShareGroups(topology: Topology): (ShareGroupState | null)[] {
  const { cluster, groupIds, nodes, topics } = topology;
  return groupIds.map((groupId, index) => {
    if (groupTypeOf(topology, index) !== 'share') return null;
    const own = nodes.filter((node) => node.group === index);
    const { settings } = own[0];
    const partitions = new Map<number, SharePartition>();
    const statePartitions = numberOf(cluster, 'share.coordinator.state.topic.num.partitions');
    for (const topic of new Set(own.flatMap(({ inputs }) => inputs))) {
      const { firstPartition, partitionCountMax, name } = topics[topic];
      for (let p = 0; p < partitionCountMax; p++) {
        const place = coordinatorPartition(stateName(groupId, name, p), statePartitions);
        partitions.set(firstPartition + p, createSharePartition(index, firstPartition + p, `${shareStateTopic}-${place}`));
      }
    }
    return {
      index,
      limits: {
        deliveryCountLimit: numberOf(cluster, 'group.share.delivery.count.limit'),
        recordLocksMax: numberOf(cluster, 'group.share.partition.max.record.locks'),
        lockUs: numberOf(cluster, 'group.share.record.lock.duration.ms') * 1000,
      },
      reset: resetOf(textOf(settings, 'share.auto.offset.reset')),
      isolation: settings['share.isolation.level'] === 'read_committed' ? 'read_committed' : 'read_uncommitted',
      partitions,
    };
  });
}

/** Kafka's topic that keeps the state of share partitions. */
export const shareStateTopic = '__share_group_state';

/** What decides where a share partition's state is kept (SharePartitionKey.asCoordinatorKey); topics have no ids here, so their names stand for them. */
const stateName = (groupId: string, topic: string, partition: number): string => `${groupId}:${topic}:${partition}`;

/** Partitions of `__share_group_state` that share groups of the document use, ascending. */
export function usedStatePartitions(topology: Topology): number[] {
  const used = new Set<number>();
  for (const group of createShareGroups(topology))
    for (const { stateKey } of group?.partitions.values() ?? []) used.add(Number(stateKey.slice(shareStateTopic.length + 1)));
  return [...used].sort((a, b) => a - b);
}

/** `share.auto.offset.reset`, which has no `none`. */
function resetOf(text: string): ShareReset {
  const reset = parseOffsetReset(text);
  if (reset === null || reset.strategy === 'none') return { strategy: 'latest', durationUs: 0 };
  return { strategy: reset.strategy, durationUs: reset.durationUs };
}

/** Retention may have moved where logs begin: what share groups had not got to there has expired. */
export function shareLogsMoved(ctx: EngineContext): void {
  for (const group of ctx.share.groups)
    for (const share of group?.partitions.values() ?? []) {
      followLogStart(share, ctx.partitions[share.partition].log.logStartOffset);
      tellEnded(ctx, share);
    }
}

/** A partition's log was cut, or what was written beside it is gone. The ledger is told what share groups had not done of that. */
export function shareLogTruncated(ctx: EngineContext, truncation: Truncation): void {
  const { partition, from, to, beside } = truncation;
  for (const group of ctx.share.groups) {
    const share = group?.partitions.get(partition);
    if (!share) continue;
    if (beside) {
      share.lost += to - from;
      share.ended.push({ fate: 'lost', first: from, end: to });
    } else followTruncation(share, from, to);
    for (const { fate, first, end } of share.ended) endCut(ctx, share.group, truncation, { from: first, to: end, isLost: fate === 'lost' });
    share.ended.length = 0;
  }
}
