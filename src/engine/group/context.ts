import type { BrokerContext } from '../broker/context.ts';
import type { GroupState } from './coordinator.ts';
import type { GroupMember, GroupRequest } from './membership.ts';
import type { SlotTable } from '../broker/context.ts';

export interface GroupContext extends BrokerContext {
  readonly groups: GroupState[];
  /** Client side of every member of every group, by member index (also the index of the consumer in the run). */
  readonly members: GroupMember[];
  readonly groupRequests: SlotTable<GroupRequest>;
}
