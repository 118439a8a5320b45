/**
 * Every kind of event the future event set can hold. The number goes into the set and into the fingerprint, so it never changes
 * its meaning; new kinds are added at the end. Who handles a kind is written in `run/dispatch.ts`.
 */
export const EventKind = {
  /** a = producer, b = the producer's wake generation; stale generations are ignored. */
  ProducerWake: 0,
  /** a = request slot, b = request number. A produce request is at the broker's request handler, all costs paid. */
  ProduceArrived: 1,
  /** a = request slot, b = request number. The answer (or, with acks=0, the socket's acceptance) is back at the producer. */
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
  /** a = replica fetcher slot, b = request number. A follower's fetch is at its leader. */
  ReplicaFetchArrived: 22,
  /** a = replica fetcher slot, b = incarnation of the follower. `replica.fetch.wait.max.ms` of the waiting fetch may be over. */
  ReplicaFetchExpired: 23,
  /** a = replica fetcher slot, b = request number. The answer is back at the follower, or the follower is to fetch again. */
  ReplicaFetchAnswered: 24,
  /** a = broker, b = incarnation. The first of the produce requests that wait there for replicas may have waited `request.timeout.ms`. */
  ProduceExpired: 25,
  /** a = broker, b = incarnation. Its AlterPartition request is at the controller. */
  AlterPartitionArrived: 26,
  /** a = broker, b = incarnation. Its answer is back at the leader. */
  AlterPartitionAnswered: 27,
  /** a = broker, b = incarnation. The broker looks for followers that have fallen behind. */
  IsrCheck: 28,
  /** a = broker, b = incarnation. Metadata records have reached a broker. */
  MetadataArrived: 29,
  /** a = broker, b = session generation. The controller has not heard of a broker for `broker.session.timeout.ms`. */
  BrokerSessionEnd: 30,
  /** a = broker, b = incarnation. A broker that was started has recovered its logs and registers. */
  BrokerStarted: 31,
  /** The controller looks for leaders that are not the preferred ones. */
  ImbalanceCheck: 32,
  /** a = controller epoch. The quorum has elected another active controller; b = 1: only a lost voter is back. */
  ControllerElected: 34,
  /** a = produce request slot, b = request number. The client gives a request up: its connection broke, or `request.timeout.ms` is over. */
  ProduceLost: 35,
  /** a = fetch session slot, b = request number. The same for a fetch. */
  FetchLost: 36,
  /** a = producer. b = 0: its metadata is `metadata.max.age.ms` old, and partitions were added: it learns of them. b = 1: a batch in flight is `delivery.timeout.ms` old. */
  ProducerRetry: 37,
  /** a = member, b = generation. A consumer that lost a leader or its coordinator has asked for metadata and tries again. */
  ConsumerRetry: 38,
  /** a = slot. A request to a transaction coordinator is there. */
  TransactionRequestArrived: 39,
  /** a = slot. Its answer is back at the producer. */
  TransactionRequestAnswered: 40,
  /** a = slot. A WriteTxnMarkers request is at the leader of its partitions. */
  MarkersArrived: 41,
  /** a = slot. Its answer is back at the coordinator. */
  MarkersAnswered: 42,
  /** Transaction coordinators look for transactions that are open for too long. */
  TransactionTimeoutCheck: 43,
  /** a = producer, b = generation. The application of a transactional producer has something to do: begin, end, begin again. */
  TransactionDue: 44,
  /** a = cleaner thread. It goes on with the log it cleans, or looks for the filthiest one. */
  CleanerRound: 45,
  /** a = broker. Segments to copy to or delete from the remote tier are looked for. */
  RemoteTierRound: 46,
  /** a = broker, b = incarnation. A heartbeat of a broker that is fenced or shutting down is at the controller; those of healthy brokers are no events. */
  BrokerHeartbeat: 48,
  /** a = slot. A group request or commit was lost on its way; its sender notices. */
  GroupRequestLost: 49,
  /** a = broker, b = incarnation. A broker with a full disk writes its checkpoint of high watermarks, and fails. */
  DiskFailure: 50,
  /** a = transactional id, b = number of the write. A change of a transaction is written to `__transaction_state` and on its replicas. */
  TransactionStateWritten: 51,
  /** a = group, b = load generation. The group's coordinator has read its log. */
  GroupLoaded: 52,
  /** a = number of a log of `__consumer_offsets`. The first write that waits there for replicas may have waited `offsets.commit.timeout.ms`. */
  CoordinatorWriteExpired: 53,
  /** a = group. It may have been Empty for `offsets.retention.minutes`. */
  OffsetsExpire: 54,
  /** a = share request slot, b = request number. A ShareFetch or ShareAcknowledge is at the broker. */
  ShareRequestArrived: 60,
  /** a = share request slot, b = request number. Its answer is back at the member. */
  ShareRequestAnswered: 61,
  /** a = share request slot, b = request number. The member gives it up: its connection broke, or `request.timeout.ms` is over. */
  ShareRequestLost: 62,
  /** a = member, b = broker. A ShareFetch of the member that waits there may have waited for `fetch.max.wait.ms`. */
  ShareFetchExpired: 63,
  /** a = share write slot, b = number of the write. The share coordinator has answered, or it is time to ask it again. */
  ShareStateWritten: 64,
  /** a = group, b = partition. Acquisition locks of a share group may have run out. */
  ShareLockCheck: 65,
  /** a = partition. Share fetches that wait for it are looked at. */
  ShareRecordsAvailable: 66,
  /** a = member. Half of the lock duration is over since it has polled, or has renewed its locks. */
  ShareRenewDue: 67,
  /** a = slot, b = request number. A TxnOffsetCommit is at the group's coordinator. */
  TransactionOffsetsArrived: 71,
  /** a = slot, b = request number. Its answer is back at the member. */
  TransactionOffsetsAnswered: 72,
  /** a = member, b = number of the transaction. `commit.interval.ms` is over while the member waits for records. */
  ProcessingCommitDue: 73,
  /** a = member, b = the worker's generation. The transaction its poll loop waited for has ended. */
  ProcessingTransactionEnded: 74,
  /** a = member, b = generation. A member that an error has stopped is started again. */
  MemberRestarts: 76,
  /** a = member, b = thread. The record a thread of the member's pool works on may be done. */
  PoolRecordDone: 77,
  /** a = slot, b = request number. An OffsetFetch is at the group's coordinator. */
  OffsetFetchArrived: 80,
  /** a = slot, b = request number. Its answer is back at the member. */
  OffsetFetchAnswered: 81,
  /** a = slot, b = request number. A fetch of a changelog is at the broker. */
  ChangelogReadArrived: 82,
  /** a = slot, b = request number. Its answer is back at the member. */
  ChangelogReadAnswered: 83,
  /** a = slot, b = request number. It is sent again: nobody answered, or nothing was there. */
  ChangelogReadDue: 84,
} as const;

export type EventKind = (typeof EventKind)[keyof typeof EventKind];
