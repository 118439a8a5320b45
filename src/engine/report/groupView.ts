/** What the group view shows of a moment: a consumer or share group, its members, what moves between them, its partitions, its latest rebalances. Plain numbers and names. */
import type { LagReport } from './lagReport.ts';

/**
 * A partition at a member. `kept`: owned. `new`: owned, taken over from another member since the last rebalance began. `paused`: owned, and its application has paused reading it. `revoking`: still owned, and to be given up. `waiting`: meant for this
 * member, but somebody has not let go of it yet. `arriving`: given to this member, which has not taken it up yet. `held`: given to a process that is gone, until its session is over. `lost`: still
 * read by a member that is out of the group.
 */
export type GroupCellState = 'kept' | 'new' | 'paused' | 'revoking' | 'waiting' | 'arriving' | 'held' | 'lost';

export interface GroupCell {
  /** Place in the view's `partitions`. */
  readonly place: number;
  readonly state: GroupCellState;
}

export interface GroupMemberView {
  readonly nodeId: string;
  readonly node: string;
  /** Number within its node. */
  readonly member: number;
  /** Empty before the first join. */
  readonly memberId: string;
  /** `group.instance.id`; empty for a dynamic member. */
  readonly instanceId: string;
  /** As the member itself knows it; `down` while its process does not run. */
  readonly state: string;
  /** As the coordinator knows it: Kafka's state of a member of the consumer protocol, words of a classic one, null for who is not in the group. */
  readonly known: string | null;
  /** It computes the assignment (classic). */
  readonly leads: boolean;
  /** Generation or member epoch, null outside the group. */
  readonly epoch: number | null;
  /** Until its session ends, and how long it was when it was heard of last; null where the coordinator does not wait for it. */
  readonly sessionLeftMs: number | null;
  readonly sessionTimeoutMs: number;
  readonly heartbeatIntervalMs: number;
  /** Since it left its last poll to work on the records, 0 in poll, null while it is down. */
  readonly sincePollMs: number | null;
  readonly maxPollIntervalMs: number;
  /** Error it gave up with for good; empty while it has not. */
  readonly failure: string;
  readonly cells: readonly GroupCell[];
}

export type ShareRangeState = 'available' | 'acquired' | 'acknowledged' | 'archived' | 'written';

/** Offsets that fare alike, both ends included. `written`: their change is on its way to `__share_group_state`. */
export interface ShareRangeView {
  readonly first: number;
  readonly last: number;
  readonly state: ShareRangeState;
  readonly deliveries: number;
  /** Place in the view's `members` of who has acquired them, null for nobody. */
  readonly member: number | null;
}

export interface GroupShareView {
  /** SPSO and SPEO. */
  readonly startOffset: number;
  readonly endOffset: number;
  readonly available: number;
  readonly acquired: number;
  readonly acknowledged: number;
  readonly archived: number;
  readonly written: number;
  /** From SPSO on, at most as many as `rangesMax`; the rest of them is only counted. */
  readonly ranges: readonly ShareRangeView[];
  readonly rangesLeftOut: number;
  /** Offsets in flight by number of deliveries, those never delivered left out: `[1]` were delivered once. */
  readonly byDeliveries: readonly number[];
  readonly deliveryCountLimit: number;
  /** Since the beginning. */
  readonly accepted: number;
  readonly rejected: number;
  readonly archivedByLimit: number;
  readonly redeliveries: number;
  readonly locksTimedOut: number;
  readonly locksRenewed: number;
}

export interface GroupPartitionView {
  readonly topicNode: string;
  readonly topic: string;
  readonly partition: number;
  readonly logStartOffset: number;
  /** High watermark. */
  readonly endOffset: number;
  /** null where nothing is committed, and in share groups. */
  readonly committed: number | null;
  /** Next offset its owner has not served; null without an owner, and in share groups. */
  readonly position: number | null;
  readonly lagRecords: number;
  readonly lagSeconds: number;
  /** Place in the view's `members`; null for nobody, and in share groups. */
  readonly owner: number | null;
  /** Broker its owner fetches from: the leader, or a replica in its rack (`follower`); null without an owner or a leader, and in share groups. */
  readonly readsFrom: { readonly broker: number; readonly follower: boolean } | null;
  /** Its owner has paused reading it. */
  readonly paused: boolean;
  /** Since it had its last owner; null while somebody owns it, before anybody did, and in share groups. */
  readonly standsMs: number | null;
  readonly share: GroupShareView | null;
}

export interface RebalanceView {
  readonly startUs: number;
  /** null while it is on. */
  readonly endUs: number | null;
  readonly reason: string;
  readonly moreReasons: number;
  readonly generation: number | null;
  /** Partitions that stood still for a while, those that still do included; the longest while. */
  readonly stopped: number;
  readonly longestStopMs: number;
}

export interface GroupView {
  readonly timeUs: number;
  readonly groupId: string;
  readonly protocol: 'classic' | 'consumer' | 'share';
  /** Name of the assignor in force; empty before there is one. */
  readonly assignor: string;
  /** Whether members keep what does not move while they rebalance; null where the protocol knows no such difference. */
  readonly cooperative: boolean | null;
  readonly state: string;
  /** Generation or group epoch, and the epoch of the target assignment (null in the classic protocol). */
  readonly epoch: number;
  readonly assignmentEpoch: number | null;
  /** Broker; null while there is none. */
  readonly coordinator: number | null;
  /** The coordinator reads the group from its log. */
  readonly loading: boolean;
  /** The partition it is kept in, as `__consumer_offsets-12`. */
  readonly keptIn: string;
  readonly lagRecords: number;
  readonly lagSeconds: number;
  /** Trend, time to drain, skew and causes; its partitions are in the order of `partitions`. */
  readonly lag: LagReport;
  /** Rebalances ever begun, and the latest of them, oldest first. */
  readonly rebalancesBegun: number;
  readonly rebalances: readonly RebalanceView[];
  readonly members: readonly GroupMemberView[];
  readonly partitions: readonly GroupPartitionView[];
}
