/** What each member should own in the group's present epoch (Kafka's TargetAssignmentBuilder). */
import { computeTarget } from './computeTarget.ts';
import type { ConsumerGroup } from './consumerGroup.ts';
import type { TopicRange } from './serverAssignor.ts';
import type { ServerAssignorName } from './serverAssignors.ts';
import { serverAssignors } from './serverAssignors.ts';

/** Computes the target for the group's epoch by the strategy most members prefer. */
export function updateTargetAssignment(group: ConsumerGroup, topics: readonly TopicRange[]): void {
  computeTarget(group, topics, serverAssignors[preferredAssignor(group)]);
}

/** The assignor most members name, `uniform` of two equals; the broker's first where nobody names one. */
function preferredAssignor(group: ConsumerGroup): ServerAssignorName {
  let range = 0;
  let uniform = 0;
  for (const { serverAssignor } of group.members.values()) {
    if (serverAssignor === 'range') range++;
    else if (serverAssignor === 'uniform') uniform++;
  }
  if (range === 0 && uniform === 0) return group.config.assignor;
  return range > uniform ? 'range' : 'uniform';
}
