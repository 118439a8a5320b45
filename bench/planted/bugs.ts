/** Faults put into the engine on purpose, one at a time, while it is bundled for `npm run soak -- --planted`: what the checks of a run must find. The engine itself knows nothing of them. */
export interface PlantedBug {
  readonly name: string;
  readonly what: string;
  /** Under `src/engine`. */
  readonly file: string;
  /** Stands there exactly once, else the bug does not fit any more and that is an error. */
  readonly find: string;
  readonly replace: string;
}

const groupBugs: readonly PlantedBug[] = [
  {
    name: 'commit-ahead',
    what: 'a commit is one offset too far',
    file: 'consumer/commits.ts',
    find: "const offset = options.what === 'position' ? owned.position : owned.processed;",
    replace: "const offset = (options.what === 'position' ? owned.position : owned.processed) + 1;",
  },
  {
    name: 'commit-behind',
    what: 'a commit is one offset too short',
    file: 'consumer/commits.ts',
    find: "const offset = options.what === 'position' ? owned.position : owned.processed;",
    replace: "const offset = Math.max(0, (options.what === 'position' ? owned.position : owned.processed) - 1);",
  },
  {
    name: 'auto-commit-early',
    what: 'automatic commits take in what was handed out and is not done',
    file: 'process/pollLoop.ts',
    find: "if (consumer.config.commitMode === 'before-processing' && submitCommit",
    replace: "if (consumer.config.commitMode !== 'after-processing' && submitCommit",
  },
  {
    name: 'keeps-revoked',
    what: 'a member goes on with partitions that its new assignment has taken away',
    file: 'consumer/assignment.ts',
    find: '  consumer.owned = member.owned.map(',
    replace: '  consumer.owned = [...new Set([...consumer.owned.map(({ index }) => index), ...member.owned])].sort((a, b) => a - b).map(',
  },
  {
    name: 'same-for-all',
    what: 'every member is given the assignment of the leader',
    file: 'group/attending.ts',
    find: 'member.assignment = assignments.get(member.memberId) ?? [];',
    replace: 'member.assignment = assignments.get(group.leaderId) ?? [];',
  },
  {
    name: 'no-fencing',
    what: 'commits of members that were put out, and of older generations, are accepted',
    file: 'group/coordinator.ts',
    find: "  if (member === undefined) return 'UNKNOWN_MEMBER_ID';\n  if (generation !== group.generation) return 'ILLEGAL_GENERATION';\n  if (group.state === 'CompletingRebalance')",
    replace: "  if (member === undefined || generation !== group.generation) return 'NONE';\n  if (group.state === 'CompletingRebalance')",
  },
  {
    name: 'starts-at-latest',
    what: 'a member begins at the end of the log instead of the committed offset',
    file: 'consumer/assignment.ts',
    find: '      setPosition(owned, offset);',
    replace: '      setPosition(owned, log.highWatermark);',
  },
  {
    name: 'commits-forgotten',
    what: 'a coordinator that takes a group over does not know its commits',
    file: 'group/loading.ts',
    find: '  for (const { partition, offset, endOffset } of found.offsets) {\n',
    replace: '  for (const { partition, offset, endOffset } of found.offsets.slice(0, 0)) {\n',
  },
  {
    name: 'session-for-ever',
    what: 'the session of a member never ends',
    file: 'group/attending.ts',
    find: '  const member = group.members.get(memberId);\n  if (member === undefined) {\n    if (!group.pending.has(memberId)) return;',
    replace:
      '  if (nowUs >= 0) return;\n  const member = group.members.get(memberId);\n  if (member === undefined) {\n    if (!group.pending.has(memberId)) return;',
  },
  {
    name: 'static-twice',
    what: 'a static member that comes back gets a second place, and nobody waits for the first one any more',
    file: 'group/joining.ts',
    find: 'const existing = staticMember(group, request.instanceId);',
    replace:
      'const place = staticMember(group, request.instanceId);\n    if (place !== undefined) place.session.deadlineUs = -1;\n    const existing = request.rebalanceTimeoutUs < 0 ? place : undefined;',
  },
  {
    name: 'keeps-positions',
    what: 'an eager member reads on where it stood, whatever was read and committed while it had given its partitions up',
    file: 'consumer/assignment.ts',
    find: '  consumer.assignmentVersion = member.assignmentVersion;\n',
    replace: '  consumer.assignmentVersion = member.assignmentVersion;\n  if (member.owned.length === 0) return false;\n',
  },
  {
    name: 'keeps-buffer',
    what: 'what was fetched of a partition that was given up is handed out all the same',
    file: 'consumer/sessions.ts',
    find: '  keepQueued(ctx, consumer, (fetched) => ownedPartition(consumer, fetched.partition) !== undefined);',
    replace: '  keepQueued(ctx, consumer, () => consumer.owned.length > 0);',
  },
  {
    name: 'poll-backwards',
    what: 'a poll hands out the first record of an answer after the others',
    file: 'consumer/fetching.ts',
    find: '    slices.push(sliceOf(fetched, from, to, last));',
    replace:
      '    if (count > 1) slices.push(sliceOf(fetched, from + 1, to, last), sliceOf(fetched, from, from + 1, false));\n    else slices.push(sliceOf(fetched, from, to, last));',
  },
  {
    name: 'poll-skips',
    what: 'after a poll that took a part of an answer the next one goes on one record later',
    file: 'consumer/fetching.ts',
    find: '    else consumer.queueCursors[used] = to;',
    replace: '    else consumer.queueCursors[used] = Math.min(to + 1, fetched.count - 1);',
  },
  {
    name: 'output-not-awaited',
    what: 'a processor commits what it has read before what it made of it is written',
    file: 'process/pollLoop.ts',
    find: 'if (worker.producer >= 0 && !flushProducer(ctx, worker.producer))',
    replace: 'if (worker.producer >= 0 && worker.count < 0)',
  },
  {
    name: 'aborted-offsets-count',
    what: 'offsets of an aborted transaction become those of the group',
    file: 'group/transactionalOffsets.ts',
    find: "  if (type === 'ABORT') return;\n",
    replace: '',
  },
  {
    name: 'accepted-given-again',
    what: 'a share group gives out again what it has accepted',
    file: 'share/acknowledge.ts',
    find: '    if (isWritten) settle(share, range);',
    replace: "    if (isWritten && range.fate !== 'accepted') settle(share, range);",
  },
  {
    name: 'counts-first-twice',
    what: 'a record that is served again counts as served for the first time',
    file: 'process/progress.ts',
    find: '  const again = first < before ? recordsBefore(fetched, from, count, before) : 0;',
    replace: '  const again = 0;',
  },
];

const logBugs: readonly PlantedBug[] = [
  {
    name: 'acks-early',
    what: 'acks=all is answered before the in-sync replicas have the records',
    file: 'broker/produce.ts',
    find: "if (waits === true && request.acks === 'all' && isParked(ctx, slot, request, writtenUs)) return;",
    replace: "if (waits === true && request.acks === '0' && isParked(ctx, slot, request, writtenUs)) return;",
  },
  {
    name: 'watermark-of-leader',
    what: 'the high watermark is the end of the log of the leader',
    file: 'cluster/highWatermark.ts',
    find: '    if (follower.logEndOffset < smallest && (',
    replace: '    if (follower.logEndOffset < 0 && (',
  },
  {
    name: 'old-leader-leads-on',
    what: 'a broker that hears of a newer leader goes on taking appends in its old epoch',
    file: 'broker/leadership.ts',
    find: '  replica.leadership = null;\n  refuseParked',
    replace: '  refuseParked',
  },
  {
    name: 'no-truncation',
    what: 'a follower keeps what its new leader does not have',
    file: 'broker/lineage.ts',
    find: '  if (offset >= end || replica.broker === partition.holder) return 0;',
    replace: '  if (offset >= 0) return 0;',
  },
  {
    name: 'cuts-to-watermark',
    what: 'a new leader cuts its log to the high watermark it knew',
    file: 'broker/lineage.ts',
    find: '  const cut = sharedEndOffset(partition, heir);\n  const formerEnd',
    replace:
      '  const cut = Math.min(sharedEndOffset(partition, heir), Math.max(log.logStartOffset, heir.highWatermark));\n  const formerEnd',
  },
  {
    name: 'batch-cut-short',
    what: 'the last record of a batch is not appended',
    file: 'log/append.ts',
    find: '  const { count, storedBytes } = batch;\n  const config = log.config;',
    replace:
      '  const { storedBytes } = batch;\n  const count = batch.count > 1 ? batch.count - 1 : batch.count;\n  const config = log.config;',
  },
  {
    name: 'answer-cut-short',
    what: 'the last record of a fetch answer is left out',
    file: 'log/read.ts',
    find: '  target.count = count;\n  target.nextOffset = count < available',
    replace: '  target.count = count > 1 ? count - 1 : count;\n  target.nextOffset = count < available',
  },
  {
    name: 'skips-at-border',
    what: 'a read that begins where a segment does leaves its first record out',
    file: 'log/read.ts',
    find: '  const firstRecord = recordIndexAt(block, offset);\n  const available',
    replace:
      '  const firstRecord = recordIndexAt(block, offset) + (offset === block.baseOffset && block !== log.blocks[0] && block.recordCount > 1 ? 1 : 0);\n  const available',
  },
  {
    name: 'reads-beyond-watermark',
    what: 'consumers read to the end of the log of the leader',
    file: 'broker/replicas.ts',
    find: '    readable.limit = committed ? lastStableOffsetOf(log) : log.highWatermark;',
    replace: '    readable.limit = committed ? lastStableOffsetOf(log) : log.logEndOffset;',
  },
  {
    name: 'stale-leader-shows-all',
    what: 'a leader that was cut off shows what only it has',
    file: 'broker/replicas.ts',
    find: '  if (inTail) readable.limit = committed ? Math.min(highWatermark, lastStableOffsetOf(tail)) : highWatermark;',
    replace: '  if (inTail) readable.limit = tail.logEndOffset;\n  else readable.limit = sharedEndOffset(partition, replica);',
  },
];

const producerBugs: readonly PlantedBug[] = [
  {
    name: 'retry-written-again',
    what: 'a batch that was sent again is not recognised',
    file: 'log/appendProducer.ts',
    find: "  if (validation.outcome === 'duplicate') return duplicateOf(validation.batch);\n  if (validation.outcome === 'error')",
    replace:
      "  if (validation.outcome === 'duplicate') {\n    appended.baseOffset = writeBatch(log, segment, batch, maxTimestampMs, nowUs);\n    return appended;\n  }\n  if (validation.outcome === 'error')",
  },
  {
    name: 'no-sequence-check',
    what: 'sequences are not looked at',
    file: 'log/producerAppend.ts',
    find: "(origin === 'client' ? checkSequence(update, batch) : null)",
    replace: 'null',
  },
  {
    name: 'retry-numbered-anew',
    what: 'a batch that is sent again gets new sequences',
    file: 'producer/requests.ts',
    find: 'if (state.producerId >= 0 && batch.baseSequence < 0) assignSequence',
    replace: 'if (state.producerId >= 0) assignSequence',
  },
  {
    name: 'aborted-shown',
    what: 'read_committed hands out aborted records',
    file: 'log/readCommitted.ts',
    find: 'return batch.control === null && !(batch.isTransactional && aborted.has(batch.producerId));',
    replace: 'return batch.control === null;',
  },
  {
    name: 'stable-is-watermark',
    what: 'the last stable offset is the high watermark',
    file: 'log/watermarks.ts',
    find: '  return log.producers === null ? log.highWatermark : lastStableOffset(log.producers, log);',
    replace: '  return log.highWatermark;',
  },
  {
    name: 'marker-dropped',
    what: 'only the first partition of a request gets its transaction marker',
    file: 'transactions/markers.ts',
    find: '    const log = leaderLogOf(ctx.partitions[index], broker);\n    if (log === null',
    replace:
      '    const log = leaderLogOf(ctx.partitions[index], broker);\n    if (i > 0) {\n      request.written[i] = true;\n      continue;\n    }\n    if (log === null',
  },
  {
    name: 'timeout-commits',
    what: 'a transaction that is open for too long is committed',
    file: 'transactions/coordinator.ts',
    find: "  metadata.pending = 'fence';\n  return endTransaction(metadata, { producerId, producerEpoch, result: 'ABORT' }, surroundings);",
    replace:
      "  metadata.pending = 'fence';\n  return endTransaction(metadata, { producerId, producerEpoch, result: 'COMMIT' }, surroundings);",
  },
];

const ledgerBugs: readonly PlantedBug[] = [
  {
    name: 'repeat-uncounted',
    what: 'the ledger does not count that a sink has a record once more',
    file: 'ledger/deliveries.ts',
    find: '    sink.extraCount[source]!++;\n    if (addIdentity',
    replace: '    if (addIdentity',
  },
  {
    name: 'loss-untold',
    what: 'what was committed and not processed has no cause',
    file: 'process/accounts.ts',
    find: '  addOffsets(cause, partition, from, to);\n  ledger.toRead.push',
    replace: '  ledger.toRead.push',
  },
  {
    name: 'crash-uncounted',
    what: 'records that go down with their client count as neither forgotten nor under way',
    file: 'producer/changes.ts',
    find: '  state.forgottenRecords += forgotten;\n',
    replace: '',
  },
  {
    name: 'ending-kept',
    what: 'a record that arrives after it was given up for lost stays lost, too',
    file: 'ledger/deliveries.ts',
    find: '  takeBackEnding(sink, source, sequence);\n',
    replace: '',
  },
];

export const plantedBugs: readonly PlantedBug[] = [...groupBugs, ...logBugs, ...producerBugs, ...ledgerBugs];
