/**
 * Every kind of event the future event set can hold. The number goes into the set and into the fingerprint, so it never changes
 * its meaning; new kinds are added at the end. Who handles a kind is written in `run/dispatch.ts`.
 */
export const EventKind = {
  /** a = producer, b = the producer's wake generation; stale generations are ignored. */
  ProducerWake: 0,
  /** a = request slot. A produce request is at the broker's request handler, all costs paid. */
  ProduceArrived: 1,
  /** a = request slot. The answer (or, with acks=0, the socket's acceptance) is back at the producer. */
  ProduceAnswered: 2,
  /** a = fetch session slot, b = request number. A fetch is at the broker's request handler. */
  FetchArrived: 3,
  /** a = fetch session slot, b = session id. `fetch.max.wait.ms` of the waiting request may be over. */
  FetchExpired: 4,
  /** a = fetch session slot, b = request number. The answer is back at the consumer. */
  FetchAnswered: 5,
  /** a = member, b = generation. The member's poll loop has something to do. */
  MemberWake: 6,
  /** a = member, b = generation. Records of the poll in progress have been served. */
  ServiceDone: 7,
  /** a = commit slot. A commit is at the coordinator. */
  CommitArrived: 8,
  /** a = commit slot. The commit's answer is back. */
  CommitAnswered: 9,
  /** a = group request slot. A join, sync, heartbeat or leave is at the coordinator. */
  GroupRequestArrived: 10,
  /** a = group request slot. Its answer is back at the member. */
  GroupResponseArrived: 11,
  /** a = group, b = rebalance timer generation: the join phase's initial delay or rebalance timeout is over. */
  GroupJoinDeadline: 12,
  /** a = member, b = session generation: the coordinator looks whether the session is over. */
  GroupSessionCheck: 13,
  /** a = member, b = heartbeat generation: the member's heartbeat is due. */
  HeartbeatDue: 14,
  /** a = member. The member has a new assignment; the consumer takes it up. */
  MemberAssigned: 15,
  /** a = index into the run's list of planned and live faults. */
  FaultDue: 16,
  /** The brokers look for segments to delete. */
  RetentionCheck: 17,
  /** a = producer. Buffer memory was freed while the owner of this producer was blocked. */
  ProducerSpace: 18,
  /** a = group, b = sync timer generation: pending sync deadline. */
  GroupSyncDeadline: 19,
  /** a = member, b = poll generation: `max.poll.interval.ms` is over without a poll. */
  PollIntervalCheck: 20,
  /** a = producer. All that was sent before `flushProducer` is answered. */
  ProducerFlushed: 21,
} as const;

export type EventKind = (typeof EventKind)[keyof typeof EventKind];
