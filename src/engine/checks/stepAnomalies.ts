import { cleanedReason, type Contract } from './contract.ts';
import { addFinding, type AnomalyKind, type Findings } from './findings.ts';
import type { Entry, Operation, PositionOperation, RecordName, RecordsOperation } from './history.ts';
import { entryFacts, type Orders } from './partitionOrder.ts';

/** The last record that a process sent to or read from a partition. */
interface Place {
  readonly entry: Entry;
  readonly operation: number;
}

/** Where one process stands, by partition. */
interface ProcessPlaces {
  readonly read: Map<string, Place>;
  readonly sent: Map<string, Place>;
  /** Partitions that a rebalance gave anew and that it has not read since: their reader goes on from the committed offset. */
  readonly moved: Set<string>;
  /** Its partitions come from a group, which may take them away. */
  subscribed: boolean;
}

interface Walk {
  readonly orders: Orders;
  readonly contract: Contract;
  readonly findings: Findings;
}

/** Two records of one partition that followed each other for a process. */
interface Step {
  readonly from: Place;
  readonly to: Place;
  /** Why the process may have been moved in between; null: it was not. */
  readonly moved: string | null;
}

/** The names of what a step can do wrong. A send that steps over others is an anomaly within one operation only. */
interface StepKinds {
  readonly skip: AnomalyKind | null;
  readonly back: AnomalyKind;
  readonly word: 'read' | 'sent';
}

const kinds = {
  pollWithin: { skip: 'int-poll-skip', back: 'int-nonmonotonic-poll', word: 'read' },
  pollBetween: { skip: 'poll-skip', back: 'nonmonotonic-poll', word: 'read' },
  sendWithin: { skip: 'int-send-skip', back: 'int-nonmonotonic-send', word: 'sent' },
  sendBetween: { skip: null, back: 'nonmonotonic-send', word: 'sent' },
} satisfies Record<string, StepKinds>;

const skippedShown = 3;

function positionOf(orders: Orders, entry: Entry): number {
  return entryFacts(orders, entry)?.position ?? -1;
}

const retried = 'a producer without idempotence may append again when it retries';

/** A record that a retry appended again stands at two places. By the offsets the client was given, it went on as it should. */
function inOrderByOffset({ orders }: Walk, { from, to }: Step, farthest: number): boolean {
  const slotAt = orders.partitions.get(to.entry.partition)?.slotAt;
  const first = slotAt?.get(from.entry.offset);
  const second = slotAt?.get(to.entry.offset);
  if (first === undefined || second === undefined) return false;
  return second.position > first.position && second.position - first.position <= farthest;
}

/** Why a client may have stepped over the positions from `first` to before `next`. */
function skipReason(walk: Walk, step: Step, first: number, next: number): string | null {
  const { orders, contract } = walk;
  if (step.moved !== null) return step.moved;
  if (!contract.idempotent && inOrderByOffset(walk, step, 1)) return retried;
  const order = orders.partitions.get(step.to.entry.partition);
  if (order === undefined) return null;
  const cleaned = cleanedReason(contract, order.partition, order.slots[next - 1].offset);
  if (cleaned !== null || contract.durable) return cleaned;
  const allUnread = order.unreadBefore[next] - order.unreadBefore[first] === next - first;
  return allUnread ? 'what stood in between was lost with its leader' : null;
}

function backReason(walk: Walk, step: Step, word: StepKinds['word']): string | null {
  if (word === 'sent') return walk.contract.idempotent ? null : 'without idempotence a retry comes after what was sent behind it';
  if (step.moved !== null) return step.moved;
  return !walk.contract.idempotent && inOrderByOffset(walk, step, Infinity) ? retried : null;
}

function operationsOf({ from, to }: Step): number[] {
  return from.operation === to.operation ? [to.operation] : [from.operation, to.operation];
}

function whereOf(step: Step): string {
  const [first, second] = operationsOf(step);
  return second === undefined ? `within operation ${first}` : `from operation ${first} to operation ${second} of the same client`;
}

function reportSkip(walk: Walk, step: Step, names: StepKinds & { skip: AnomalyKind }, first: number, next: number): void {
  const others = 'other producers, transactions too, may write in between';
  addFinding(walk.findings, names.skip, names.word === 'sent' ? others : skipReason(walk, step, first, next), () => {
    const { partition } = step.to.entry;
    const slots = walk.orders.partitions.get(partition)?.slots.slice(first, Math.min(next, first + skippedShown)) ?? [];
    const more = next - first - slots.length;
    const skipped = slots.map((slot) => `${slot.first.record} at offset ${slot.offset}`).join(', ');
    return {
      partition,
      operations: operationsOf(step),
      records: [step.from.entry.record, step.to.entry.record],
      sentence:
        `after record ${step.from.entry.record} of ${partition} record ${step.to.entry.record} was ${names.word} next, ${whereOf(step)}, over ` +
        `${skipped}${more > 0 ? ` and ${more} more` : ''}`,
    };
  });
}

function reportBack(walk: Walk, step: Step, names: StepKinds, same: boolean): void {
  addFinding(walk.findings, names.back, backReason(walk, step, names.word), () => {
    const { partition } = step.to.entry;
    const relation = same ? 'which is the same again' : 'which stands before it';
    return {
      partition,
      operations: operationsOf(step),
      records: [step.from.entry.record, step.to.entry.record],
      sentence: `after record ${step.from.entry.record} of ${partition} record ${step.to.entry.record} was ${names.word} next, ${relation}, ${whereOf(step)}`,
    };
  });
}

function checkStep(walk: Walk, step: Step, names: StepKinds): void {
  const from = positionOf(walk.orders, step.from.entry);
  const to = positionOf(walk.orders, step.to.entry);
  // Nobody knows where it stands: as good as in order.
  if (from < 0 || to < 0) return;
  if (to <= from) reportBack(walk, step, names, to === from);
  else if (to > from + 1 && names.skip !== null) reportSkip(walk, step, { ...names, skip: names.skip }, from + 1, to);
}

/** Follows one operation's entries; returns where it left each partition. */
function walkEntries(
  walk: Walk,
  entries: readonly Entry[],
  operation: number,
  how: {
    readonly before: ReadonlyMap<string, Place>;
    readonly within: StepKinds;
    readonly between: StepKinds;
    readonly movedIn: (partition: string, between: boolean) => string | null;
  },
): Map<string, Place> {
  const places = new Map<string, Place>();
  for (const entry of entries) {
    const to = { entry, operation };
    const inside = places.get(entry.partition);
    const from = inside ?? how.before.get(entry.partition);
    if (from !== undefined) {
      const moved = how.movedIn(entry.partition, inside === undefined);
      checkStep(walk, { from, to, moved }, inside === undefined ? how.between : how.within);
    }
    places.set(entry.partition, to);
  }
  return places;
}

function walkReads(walk: Walk, operation: RecordsOperation, index: number, process: ProcessPlaces): void {
  const movedNow = new Set(operation.rebalanced);
  for (const partition of movedNow) process.moved.add(partition);
  const mayMove = process.subscribed && !walk.contract.rebalancesKnown;
  const places = walkEntries(walk, operation.reads, index, {
    before: process.read,
    within: kinds.pollWithin,
    between: kinds.pollBetween,
    movedIn(partition, between) {
      if (between ? process.moved.has(partition) : movedNow.has(partition)) return 'a rebalance gave the partition anew';
      return between && mayMove ? 'a rebalance may have given the partition anew' : null;
    },
  });
  // What a failed transaction read, and one of unknown end, has to be read again.
  if (operation.outcome !== 'ok') return;
  for (const [partition, place] of places) {
    process.read.set(partition, place);
    process.moved.delete(partition);
  }
}

function walkSends(walk: Walk, operation: RecordsOperation, index: number, process: ProcessPlaces): void {
  const before = operation.outcome === 'fail' ? new Map<string, Place>() : process.sent;
  const places = walkEntries(walk, operation.sends, index, {
    before,
    within: kinds.sendWithin,
    between: kinds.sendBetween,
    movedIn: () => null,
  });
  if (operation.outcome !== 'fail') for (const [partition, place] of places) process.sent.set(partition, place);
}

function changePartitions(operation: PositionOperation, process: ProcessPlaces): void {
  if (operation.outcome === 'fail') return;
  if (operation.kind === 'seek') {
    for (const partition of operation.partitions) process.read.delete(partition);
    return;
  }
  const named = new Set(operation.partitions);
  for (const partition of process.read.keys()) if (!named.has(partition)) process.read.delete(partition);
  // As in Jepsen, where a client with other partitions begins anew as a producer too.
  for (const partition of process.sent.keys()) if (!named.has(partition)) process.sent.delete(partition);
  process.subscribed = operation.kind === 'subscribe';
}

/** Records that a process read or sent out of their order, or stepped over, within an operation and from one to the next. */
export function findStepAnomalies(orders: Orders, contract: Contract, findings: Findings): void {
  const walk = { orders, contract, findings };
  const processes = new Map<RecordName, ProcessPlaces>();
  orders.history.forEach((operation: Operation, index) => {
    let process = processes.get(operation.process);
    if (process === undefined) {
      process = { read: new Map(), sent: new Map(), moved: new Set(), subscribed: false };
      processes.set(operation.process, process);
    }
    if (operation.kind !== 'records') changePartitions(operation, process);
    else {
      if (operation.reads.length > 0 || operation.rebalanced !== undefined) walkReads(walk, operation, index, process);
      if (operation.sends.length > 0) walkSends(walk, operation, index, process);
    }
  });
}
