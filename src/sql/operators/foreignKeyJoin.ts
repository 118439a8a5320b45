/**
 * Joins of a table's foreign key with another table's key (KIP-213; `SubscriptionSendProcessorSupplier`, `SubscriptionReceiveProcessorSupplier`,
 * `SubscriptionJoinProcessorSupplier`, `ForeignTableJoinProcessorSupplier`, `ResponseJoinProcessorSupplier`).
 */
import type { Header, KeyForm, Row, StreamRecord, TableChange } from './row.ts';
import type { Indexing, Store } from './store.ts';
import type { JoinRows } from './tableJoin.ts';
import type { Table } from './tables.ts';
import { tableOfStream } from './tables.ts';
import type { Run, Topology } from './topology.ts';
import { Outlet } from './topology.ts';

type Instruction = 'delete' | 'delete and propagate' | 'propagate null too' | 'propagate if found';

/** What a row of the left table asks the right one; `version` tells whether the answer is still for the row that asked. */
interface Subscription {
  readonly timestampMs: number;
  readonly headers: readonly Header[];
  readonly key: Row;
  readonly foreignKey: Row | null;
  readonly version: string | null;
  readonly instruction: Instruction;
  /** The partition of the row that asks, where the answer has to go. */
  readonly partition: number;
}

interface Answer {
  readonly timestampMs: number;
  readonly headers: readonly Header[];
  readonly key: Row;
  readonly version: string | null;
  readonly partition: number;
  readonly row: Row | null;
}

/** Who asks for a foreign key (`SubscriptionWrapper` in the subscription store). */
interface Subscriber {
  readonly foreignKey: Row;
  readonly key: Row;
  readonly version: string | null;
  readonly partition: number;
}

/** Keys that ask, by the foreign key. */
type SubscriberIndex = Map<string, Map<string, string>>;

const subscriberId = (foreignId: string, id: string): string => JSON.stringify([foreignId, id]);
const partsOf = (id: string) => JSON.parse(id) as [foreignId: string, id: string];

const indexing: Indexing<Subscriber, SubscriberIndex> = {
  initial: () => new Map(),
  added: (index, subscriber) => {
    const [foreignId, id] = partsOf(subscriber);
    const of = index.get(foreignId) ?? new Map<string, string>();
    index.set(foreignId, of.set(id, subscriber));
  },
  removed: (index, subscriber) => {
    const [foreignId, id] = partsOf(subscriber);
    const of = index.get(foreignId);
    of?.delete(id);
    if (of?.size === 0) index.delete(foreignId);
  },
};

export interface ForeignKeyJoin {
  readonly keepsLeft: boolean;
  /** The key of the right table that a row of the left one names; null where it names none. */
  readonly foreignKey: (row: Row, run: Run) => Row | null;
  readonly join: JoinRows;
  readonly left: KeyForm;
  readonly right: KeyForm;
  /** Equal for equal rows of the left table. */
  readonly version: (row: Row) => string;
}

/** Nodes, stores and topics by Kafka Streams' names (`KTableImpl.doJoinOnForeignKey`). */
function joinNames({ structure }: Topology) {
  const subscriptionTopic = `${structure.name('KTABLE-FK-JOIN-SUBSCRIPTION-REGISTRATION-')}-topic`;
  const send = structure.name('KTABLE-FK-JOIN-SUBSCRIPTION-REGISTRATION-');
  const subscriptionSink = structure.name('KTABLE-SINK-');
  const subscriptionSource = structure.name('KTABLE-SOURCE-');
  const subscribers = structure.name('KTABLE-FK-JOIN-SUBSCRIPTION-STATE-STORE-');
  const receive = structure.name('KTABLE-FK-JOIN-SUBSCRIPTION-PROCESSOR-');
  const join = structure.name('KTABLE-FK-JOIN-SUBSCRIPTION-PROCESSOR-');
  const foreign = structure.name('KTABLE-FK-JOIN-SUBSCRIPTION-PROCESSOR-');
  const answerTopic = `${structure.name('KTABLE-FK-JOIN-SUBSCRIPTION-RESPONSE-')}-topic`;
  const answerSink = structure.name('KTABLE-SINK-');
  const answerSource = structure.name('KTABLE-SOURCE-');
  const resolve = structure.name('KTABLE-FK-JOIN-SUBSCRIPTION-RESPONSE-RESOLVER-PROCESSOR-');
  const output = structure.name('KTABLE-FK-JOIN-OUTPUT-');
  const outputStore = structure.storeName('KTABLE-FK-JOIN-OUTPUT-');
  const subscription = { topic: subscriptionTopic, sink: subscriptionSink, source: subscriptionSource };
  const answer = { topic: answerTopic, sink: answerSink, source: answerSource };
  return { subscription, answer, send, subscribers, receive, join, foreign, resolve, output, outputStore };
}

function joinStructure(
  { structure }: Topology,
  { left, right }: { readonly left: Table; readonly right: Table },
  names: ReturnType<typeof joinNames>,
  subscribers: number,
): void {
  const { subscription, answer, send, receive, join, foreign, resolve } = names;
  structure.processor(send, [left.node]);
  structure.sink(subscription.sink, subscription.topic, [send]);
  structure.source(subscription.source, subscription.topic);
  structure.copartition([...right.sources, subscription.source]);
  structure.processor(receive, [subscription.source], [subscribers]);
  structure.processor(join, [receive], right.stores());
  structure.processor(foreign, [right.node], [subscribers]);
  structure.sink(answer.sink, answer.topic, [join, foreign]);
  structure.source(answer.source, answer.topic);
  structure.copartition([...left.sources, answer.source]);
  structure.processor(resolve, [answer.source], left.stores());
}

/** Joins each row of the left table with the row of the right one that it names; a change of either changes the result. */
export function joinForeignKey(topology: Topology, left: Table, right: Table, join: ForeignKeyJoin): Table {
  right.sendOldRows(true);
  left.sendOldRows(true);
  const names = joinNames(topology);
  const subscriptions = topology.channel<Subscription>({
    name: names.subscription.topic,
    partitionKey: ({ foreignKey }) => join.right.payload(foreignKey),
  });
  const answers = topology.channel<Answer>({
    name: names.answer.topic,
    partitionKey: ({ key }) => join.left.payload(key),
    partition: ({ partition }) => partition,
  });
  const subscribers = topology.store<Subscriber, SubscriberIndex>(
    { name: names.subscribers, kind: 'subscription', retentionMs: null },
    indexing,
  );
  joinStructure(topology, { left, right }, names, subscribers.number);
  left.changes.connect((change, run) => subscribe(change, join, (subscription) => subscriptions.send(subscription, run), run));
  subscriptions.outlet.connect((subscription, run) => {
    const { foreignKey, key, version, instruction, partition } = subscription;
    if (foreignKey) register(subscribers, subscription, join, run);
    const found = foreignKey && right.get({ key: foreignKey, window: null }, run);
    const timestampMs = Math.max(subscription.timestampMs, found?.timestampMs ?? subscription.timestampMs);
    const answer = { timestampMs, headers: subscription.headers, key, version, partition };
    if (instruction === 'delete and propagate') answers.send({ ...answer, row: null }, run);
    else if (instruction === 'propagate null too' || (instruction === 'propagate if found' && found))
      answers.send({ ...answer, row: found?.row ?? null }, run);
  });
  right.changes.connect((change, run) => {
    const found = subscribers.index(run).get(join.right.identity(change.key!));
    if (!found) return;
    const { timestampMs, headers, after } = change;
    for (const [, id] of [...found].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const { key, version, partition } = subscribers.get(id, run)!;
      answers.send({ timestampMs, headers, key, version, partition, row: after }, run);
    }
  });
  const records = new Outlet<StreamRecord>();
  answers.outlet.connect((answer, run) => {
    const current = left.get({ key: answer.key, window: null }, run)?.row ?? null;
    if ((current && join.version(current)) !== answer.version) return run.log('Dropping FK-join response of a row that changed.');
    const isNone = answer.row === null && (!join.keepsLeft || current === null);
    const value = isNone ? null : join.join(answer.key, current, answer.row);
    records.emit({ key: answer.key, value, timestampMs: answer.timestampMs, window: null, headers: answer.headers }, run);
  });
  const results = { records, node: names.resolve, sources: [...left.sources, names.answer.source] };
  const { identity } = join.left;
  return tableOfStream(topology, results, { identity, node: names.output, store: names.outputStore, isKept: false });
}

function register(store: Store<Subscriber, SubscriberIndex>, subscription: Subscription, join: ForeignKeyJoin, run: Run): void {
  const { foreignKey, key, version, instruction, partition } = subscription;
  const id = subscriberId(join.right.identity(foreignKey!), join.left.identity(key));
  const isLeaving = instruction === 'delete' || instruction === 'delete and propagate';
  store.put(id, isLeaving ? null : { foreignKey: foreignKey!, key, version, partition }, run);
}

/** What a change of the left table tells the right one: leaving the old foreign key, joining the new one. */
function subscribe(change: TableChange, join: ForeignKeyJoin, send: (subscription: Subscription) => void, run: Run): void {
  const { before, after, timestampMs, headers } = change;
  const base = { timestampMs, headers, key: change.key!, version: after && join.version(after), partition: run.partition ?? 0 };
  const oldKey = before && join.foreignKey(before, run);
  const newKey = after && join.foreignKey(after, run);
  const isSame = oldKey !== null && newKey !== null && join.right.identity(oldKey) === join.right.identity(newKey);
  if (join.keepsLeft) {
    if (oldKey && !isSame) send({ ...base, foreignKey: oldKey, instruction: 'delete and propagate' });
    if (after || (before && !oldKey)) send({ ...base, foreignKey: newKey, instruction: 'propagate null too' });
    return;
  }
  if (before && !oldKey) return run.log('Skipping record due to null foreign key.');
  if (after && !newKey) return run.log('Skipping record due to null foreign key.');
  if (oldKey && !newKey) return send({ ...base, foreignKey: oldKey, instruction: 'delete and propagate' });
  if (oldKey && !isSame) send({ ...base, foreignKey: oldKey, instruction: 'delete' });
  if (newKey) send({ ...base, foreignKey: newKey, instruction: oldKey ? 'propagate null too' : 'propagate if found' });
}
