import { cleanedReason, type Contract } from './contract.ts';
import { addFinding, type Findings } from './findings.ts';
import type { Orders, PartitionOrder, RecordFacts, Slot } from './partitionOrder.ts';

/** What the checks of one partition share. */
interface Check {
  readonly orders: Orders;
  readonly order: PartitionOrder;
  readonly contract: Contract;
  readonly findings: Findings;
}

/** Why a record need not be in its log any more; null: it has to be. */
function goneReason({ order, contract }: Check, offset: number): string | null {
  const cleaned = cleanedReason(contract, order.partition, offset);
  if (cleaned !== null || contract.durable) return cleaned;
  return 'without acks=all on replicas in sync, or with unclean elections, acknowledged records may go';
}

function offsetAt(order: PartitionOrder, position: number): number {
  return position < 0 ? -1 : order.slots[position].offset;
}

/** One offset, two records. */
function findInconsistentOffset({ order, contract, findings }: Check, { offset, first, others }: Slot): void {
  if (others === null) return;
  const witnesses = [first, ...others.values()];
  const wereRead = witnesses.filter(({ by }) => by === 'read').length > 1;
  const isFault = contract.durable || (contract.clean === true && wereRead);
  const reason = isFault ? null : 'a leader without the newest records writes its own at their offsets';
  addFinding(findings, 'inconsistent-offsets', reason, () => {
    const [, second] = witnesses;
    const more = witnesses.length > 2 ? `, and ${witnesses.length - 2} more` : '';
    return {
      partition: order.partition,
      operations: witnesses.map(({ operation }) => operation),
      records: witnesses.map(({ record }) => record),
      sentence:
        `record ${first.record} was ${first.by} at offset ${offset} of ${order.partition} (operation ${first.operation}) and record ` +
        `${second.record} was ${second.by} at the same offset (operation ${second.operation})${more}`,
    };
  });
}

/** One record, two offsets. */
function findDuplicate({ order, contract, findings }: Check, facts: RecordFacts): void {
  if (facts.offsetsCount < 2) return;
  const reason = contract.idempotent ? null : 'a producer without idempotence may append again when it retries';
  addFinding(findings, 'duplicate', reason, () => {
    const offsets = [offsetAt(order, facts.firstPosition), offsetAt(order, facts.lastPosition)];
    return {
      partition: order.partition,
      operations: [facts.writer, facts.reader].filter((operation) => operation >= 0),
      records: [facts.record],
      sentence: `record ${facts.record} stands at ${facts.offsetsCount} offsets of ${order.partition}: first ${offsets[0]}, last ${offsets[1]}`,
    };
  });
}

/** A failed send that was read (Adya's G1a). */
function findAbortedRead({ orders, order, contract, findings }: Check, facts: RecordFacts): void {
  if (facts.writer < 0 || facts.reader < 0 || orders.history[facts.writer].outcome !== 'fail') return;
  const reason = contract.isolation === 'read_committed' ? null : 'read_uncommitted reads what is aborted later';
  addFinding(findings, 'G1a', reason, () => ({
    partition: order.partition,
    operations: [facts.writer, facts.reader],
    records: [facts.record],
    sentence: `record ${facts.record} of ${order.partition} was read by operation ${facts.reader} though operation ${facts.writer} failed to send it`,
  }));
}

/** An acknowledged record that no successful operation read. */
function findUnseen(check: Check, facts: RecordFacts): void {
  const { orders, order, contract, findings } = check;
  if (facts.writer < 0 || facts.reader >= 0 || orders.history[facts.writer].outcome !== 'ok') return;
  const reason = contract.drained ? goneReason(check, offsetAt(order, facts.lastPosition)) : 'readers had not come to the end yet';
  addFinding(findings, 'unseen', reason, () => ({
    partition: order.partition,
    operations: [facts.writer],
    records: [facts.record],
    sentence: `record ${facts.record} of ${order.partition} was acknowledged by operation ${facts.writer} and never read by anyone`,
  }));
}

function reportLost(check: Check, facts: RecordFacts, highest: RecordFacts): void {
  const { order, findings } = check;
  const offset = offsetAt(order, facts.lastPosition);
  addFinding(findings, 'lost-write', goneReason(check, offset), () => ({
    partition: order.partition,
    operations: [facts.writer, highest.reader],
    records: [facts.record, highest.record],
    sentence:
      `record ${facts.record} of operation ${facts.writer} stands at offset ${offset} of ${order.partition} and nobody read it, though operation ` +
      `${highest.reader} read record ${highest.record} at offset ${offsetAt(order, highest.firstPosition)}`,
  }));
}

/**
 * Records known to have been written that nobody read though later ones were. With several offsets for a record it counts as read from its
 * first one on and is missed only after its last.
 */
function findLostWrites(check: Check): void {
  const { orders, order } = check;
  let highest: RecordFacts | null = null;
  for (const facts of order.records.values()) {
    if (facts.reader >= 0 && facts.firstPosition > (highest?.firstPosition ?? -1)) highest = facts;
  }
  if (highest === null) return;
  for (const facts of order.records.values()) {
    const missed = facts.reader < 0 && facts.lastPosition >= 0 && facts.lastPosition <= highest.firstPosition;
    if (missed && facts.writer >= 0 && orders.committed[facts.writer] === 1) reportLost(check, facts, highest);
  }
}

/** Anomalies of the logs themselves, whoever saw them: offsets, losses, duplicates, aborted reads, what nobody saw. */
export function findLogAnomalies(orders: Orders, contract: Contract, findings: Findings): void {
  for (const order of orders.partitions.values()) {
    const check = { orders, order, contract, findings };
    for (const slot of order.slots) findInconsistentOffset(check, slot);
    for (const facts of order.records.values()) {
      findDuplicate(check, facts);
      findAbortedRead(check, facts);
      findUnseen(check, facts);
    }
    findLostWrites(check);
  }
}
