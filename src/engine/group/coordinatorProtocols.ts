/** The coordinator's side of the protocols in which brokers deal out the partitions; the classic one is in coordinator.ts, which hands over to these. */
import { consumerCoordinator } from './consumerCoordinator.ts';
import type { ConsumerHeartbeat } from './consumerSeat.ts';
import type { GroupContext } from './context.ts';
import type { GroupState, GroupType } from './groupState.ts';
import type { ReadGroup } from './offsets/groupRecords.ts';
import type { WriteWaiter } from './offsets/offsetsState.ts';
import type { WriteOutcome } from './offsets/writing.ts';
import type { GroupError } from './protocol.ts';
import { shareCoordinator } from './shareCoordinator.ts';

/** What events and clients ask of a group at its coordinator, whatever its protocol. `H`: its members' heartbeat. */
interface CoordinatorProtocol<H> {
  /** A heartbeat is there, and this is the group's coordinator. Its response is set, and sent by who calls, now or when `waiter` hears that what was written is committed. */
  heartbeat: (ctx: GroupContext, group: GroupState, request: H, waiter: WriteWaiter) => WriteOutcome;
  /** EventKind.GroupSessionCheck */
  sessionCheck: (ctx: GroupContext, group: GroupState, client: number, generation: number) => void;
  /** Another broker, or another life of it, goes on from what the log says (null where there is none); all sessions begin anew. */
  load: (ctx: GroupContext, group: GroupState, read: ReadGroup | null) => void;
  /** What Kafka's coordinator says to an offset commit of this client with this epoch. */
  commitError: (ctx: GroupContext, group: GroupState, client: number, epoch: number) => GroupError;
  /** The coordinator's metadata has changed. */
  metadataChanged: (group: GroupState) => void;
}

interface CoordinatorProtocols extends Record<Exclude<GroupType, 'classic'>, unknown> {
  readonly consumer: CoordinatorProtocol<ConsumerHeartbeat>;
  readonly share: CoordinatorProtocol<ConsumerHeartbeat>;
}

export const coordinatorProtocols: CoordinatorProtocols = { consumer: consumerCoordinator, share: shareCoordinator };
