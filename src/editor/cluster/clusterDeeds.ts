/** What can be done to a cluster by a click or a command. The run refuses what makes no sense at the moment, and says why. */
import type { Intervention } from '../run/interventions.ts';
import type { PartitionPlace } from './clusterStore.ts';

const rest = ['rest'];

/** What can happen to one broker, by its index. */
export function brokerDeeds(broker: number) {
  const end = [`broker:${broker}`];
  return {
    kill: { action: 'broker.kill', broker },
    stop: { action: 'broker.stop', broker },
    start: { action: 'broker.restart', broker },
    cutOff: { action: 'network.cut', between: end, and: rest },
    cutFromController: { action: 'network.cut', between: end, and: ['controller'] },
    heal: { action: 'network.heal', between: end, and: rest },
    slowDisk: { action: 'disk.slow', broker, factor: 10 },
    usualDisk: { action: 'disk.slow', broker, factor: 1 },
    fillDisk: { action: 'disk.full', broker },
    freeDisk: { action: 'disk.freed', broker },
  } as const satisfies Record<string, Intervention>;
}

/** One broker and one other end no longer reach each other: `controller`, `broker:1`, `node:<id>`. */
export function cutFrom(broker: number, end: string): Intervention {
  return { action: 'network.cut', between: [`broker:${broker}`], and: [end] };
}

export const loseController: Intervention = { action: 'controller.loss' };
export const preferLeaders: Intervention = { action: 'leaders.prefer' };

export function electUnclean({ topicNode, partition }: PartitionPlace): Intervention {
  return { action: 'leader.unclean', node: topicNode, partition };
}

/** One replica of a partition moves from one broker to another; the order, and with it the preferred leader, stays. */
export function moveReplica(
  { topicNode, partition }: PartitionPlace,
  replicas: readonly number[],
  { from, to }: { readonly from: number; readonly to: number },
): Intervention {
  return {
    action: 'partition.reassign',
    node: topicNode,
    partition,
    replicas: replicas.map((broker) => (broker === from ? to : broker)),
    throttleBytesPerSecond: 0,
  };
}
