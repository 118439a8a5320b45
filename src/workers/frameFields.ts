/** Positions of the numbers within a frame and within the blocks that `FrameLayout` points to. NaN means "no such number now". */
export const FrameHeader = { timeUs: 0, phase: 1, speedReached: 2, events: 3, length: 8 } as const;

export const NodeField = {
  /** Records a second in and out, over the last second of virtual time. */
  rateIn: 0,
  rateOut: 1,
  lagRecords: 2,
  lagSeconds: 3,
  /** Records a second the lag grows (positive) or shrinks (negative). */
  lagTrend: 4,
  /** Part of the members' time spent serving, 0 to 1, over the last second. */
  busy: 5,
  /** 0 idle, 1 working, 2 rebalancing, 3 outage, 4 no member alive, 5 blocked on buffer memory. */
  state: 6,
  members: 7,
  recordsIn: 8,
  recordsOut: 9,
  latencyP50Ms: 10,
  latencyP99Ms: 11,
  length: 12,
} as const;

export const EdgeField = { rate: 0, lagRecords: 1, lagSeconds: 2, lagTrend: 3, length: 4 } as const;

export const PartitionField = {
  logStartOffset: 0,
  highWatermark: 1,
  logEndOffset: 2,
  sizeBytes: 3,
  rate: 4,
  /** Broker that clients are told leads it, -1 while it is offline. */ leader: 5,
  /** Replicas that are not in sync, those that are still being added left out. */ outOfSync: 6,
  /** 1 while fewer are in sync than `min.insync.replicas` asks for, so that acks=all is refused. */ underMinIsr: 7,
  length: 8,
} as const;

export const GroupPartitionField = {
  committed: 0,
  position: 1,
  lagRecords: 2,
  /** Index into `FrameLayout.members`, -1 without an owner. */ owner: 3,
  length: 4,
} as const;

export const MemberField = {
  /** 0 down, 1 joining, 2 stable, 3 working. */ state: 0,
  partitions: 1,
  busy: 2,
  processed: 3,
  length: 4,
} as const;
