import type { Entry, History, RecordName, RecordsOperation } from './history.ts';

/** Who showed that a record stands at an offset. */
export interface Witness {
  readonly record: RecordName;
  readonly operation: number;
  readonly by: 'sent' | 'read';
}

/** One offset of a partition and what was said to stand there. */
export interface Slot {
  readonly offset: number;
  readonly first: Witness;
  /** Those who said something else, by their record. */
  others: Map<RecordName, Witness> | null;
  /** Index in the order of the partition. */
  position: number;
}

/** What the history knows of one record of one partition. Operations and positions are -1 where there is none. */
export interface RecordFacts {
  readonly record: RecordName;
  /** The send whose outcome says most: done before unknown before failed. */
  writer: number;
  /** First successful operation that read it. */
  reader: number;
  /** Its place in the order of the log, for comparing it with others: the last one at which it was seen first. */
  position: number;
  firstPosition: number;
  lastPosition: number;
  /** Offsets at which it stands: more than one is a duplicate. */
  offsetsCount: number;
}

/** One partition as all clients together saw it. */
export interface PartitionOrder {
  readonly partition: string;
  readonly records: Map<RecordName, RecordFacts>;
  readonly slotAt: Map<number, Slot>;
  /** By ascending offset. A position is an index here: offsets that nobody saw (markers, aborted records) leave no gap. */
  slots: readonly Slot[];
  /** Of the slots before each position, those whose record no successful operation read. */
  unreadBefore: Int32Array;
}

/** All partitions of a history, and which operations took effect. */
export interface Orders {
  readonly history: History;
  readonly partitions: Map<string, PartitionOrder>;
  /** 1 for operations that ended well, or of unknown end with a record that was read: all the others of it must then be there too. */
  readonly committed: Uint8Array;
}

const ranks = { fail: 0, info: 1, ok: 2 };

function partitionOf(orders: Orders, name: string): PartitionOrder {
  let found = orders.partitions.get(name);
  if (found === undefined) {
    found = { partition: name, records: new Map(), slotAt: new Map(), slots: [], unreadBefore: new Int32Array(1) };
    orders.partitions.set(name, found);
  }
  return found;
}

function factsOf(order: PartitionOrder, record: RecordName): RecordFacts {
  let facts = order.records.get(record);
  if (facts === undefined) {
    facts = { record, writer: -1, reader: -1, position: -1, firstPosition: -1, lastPosition: -1, offsetsCount: 0 };
    order.records.set(record, facts);
  }
  return facts;
}

/** Facts of a sent or read record, undefined for one that the history never named. */
export function entryFacts(orders: Orders, entry: Entry): RecordFacts | undefined {
  return orders.partitions.get(entry.partition)?.records.get(entry.record);
}

function noteWriters(orders: Orders, operation: RecordsOperation, index: number): void {
  for (const entry of operation.sends) {
    const facts = factsOf(partitionOf(orders, entry.partition), entry.record);
    const known = facts.writer < 0 ? -1 : ranks[orders.history[facts.writer].outcome];
    if (ranks[operation.outcome] >= known) facts.writer = index;
  }
}

function noteReaders(orders: Orders, operation: RecordsOperation, index: number): void {
  for (const entry of operation.reads) {
    const facts = factsOf(partitionOf(orders, entry.partition), entry.record);
    if (facts.reader < 0 && operation.outcome === 'ok') facts.reader = index;
  }
}

function tookEffect(orders: Orders, operation: RecordsOperation): boolean {
  if (operation.outcome !== 'info') return operation.outcome === 'ok';
  return operation.sends.some((entry) => (entryFacts(orders, entry)?.reader ?? -1) >= 0);
}

function noteOffsets(orders: Orders, entries: readonly Entry[], operation: number, by: Witness['by']): void {
  for (const { partition, record, offset } of entries) {
    if (offset < 0) continue;
    const { slotAt } = partitionOf(orders, partition);
    const slot = slotAt.get(offset);
    if (slot === undefined) slotAt.set(offset, { offset, first: { record, operation, by }, others: null, position: -1 });
    else if (slot.first.record !== record) {
      slot.others ??= new Map();
      if (!slot.others.has(record)) slot.others.set(record, { record, operation, by });
    }
  }
}

function placeRecord(order: PartitionOrder, record: RecordName, position: number): RecordFacts {
  const facts = factsOf(order, record);
  if (facts.firstPosition < 0) facts.firstPosition = position;
  facts.lastPosition = position;
  facts.offsetsCount++;
  return facts;
}

function putInOrder(order: PartitionOrder): void {
  const slots = [...order.slotAt.values()].sort((a, b) => a.offset - b.offset);
  order.slots = slots;
  order.unreadBefore = new Int32Array(slots.length + 1);
  for (let position = 0; position < slots.length; position++) {
    const slot = slots[position];
    slot.position = position;
    const facts = placeRecord(order, slot.first.record, position);
    facts.position = position;
    order.unreadBefore[position + 1] = order.unreadBefore[position] + (facts.reader < 0 ? 1 : 0);
    if (slot.others !== null) for (const record of slot.others.keys()) placeRecord(order, record, position);
  }
}

/**
 * The order of every partition, from what all clients saw. Sends count where they are known to have taken effect. Reads always count, those of
 * failed transactions too: a consumer of Kafka gives out only what stands in the log, whatever becomes of the transaction it reads for.
 */
export function orderPartitions(history: History): Orders {
  const orders: Orders = { history, partitions: new Map(), committed: new Uint8Array(history.length) };
  const eachRecords = (visit: (operation: RecordsOperation, index: number) => void) => {
    for (let index = 0; index < history.length; index++) {
      const operation = history[index];
      if (operation.kind === 'records') visit(operation, index);
    }
  };
  eachRecords((operation, index) => {
    noteWriters(orders, operation, index);
    noteReaders(orders, operation, index);
  });
  eachRecords((operation, index) => {
    if (tookEffect(orders, operation)) {
      orders.committed[index] = 1;
      noteOffsets(orders, operation.sends, index, 'sent');
    }
    noteOffsets(orders, operation.reads, index, 'read');
  });
  for (const order of orders.partitions.values()) putInOrder(order);
  return orders;
}
