/**
 * Joins of a table's foreign key with another table's key (KIP-213; `SubscriptionSendProcessorSupplier`, `SubscriptionReceiveProcessorSupplier`,
 * `SubscriptionJoinProcessorSupplier`, `ForeignTableJoinProcessorSupplier`, `ResponseJoinProcessorSupplier`).
 */
import type { Header, KeyIdentity, Row, StreamRecord, TableChange } from './row.ts';
import type { Stream } from './streams.ts';
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
}

interface Answer {
  readonly timestampMs: number;
  readonly headers: readonly Header[];
  readonly key: Row;
  readonly version: string | null;
  readonly row: Row | null;
}

interface Subscriber {
  readonly key: Row;
  readonly version: string | null;
}

export interface ForeignKeyJoin {
  readonly keepsLeft: boolean;
  /** The key of the right table that a row of the left one names; null where it names none. */
  readonly foreignKey: (row: Row, run: Run) => Row | null;
  readonly join: JoinRows;
  readonly leftIdentity: KeyIdentity;
  readonly rightIdentity: KeyIdentity;
  /** Equal for equal rows of the left table. */
  readonly version: (row: Row) => string;
}

export function joinForeignKey(topology: Topology, left: Table, right: Table, join: ForeignKeyJoin): Table {
  const subscriptions = topology.channel<Subscription>();
  const answers = topology.channel<Answer>();
  const subscribers = topology.store<Map<string, Map<string, Subscriber>>>(() => new Map());
  left.changes.connect((change, run) => subscribe(change, join, (subscription) => subscriptions.send(subscription, run), run));
  subscriptions.outlet.connect((subscription, run) => {
    const { foreignKey, key, version, instruction } = subscription;
    if (foreignKey) register(subscribers(run), subscription, join);
    const found = foreignKey && right.get({ key: foreignKey, window: null }, run);
    const timestampMs = Math.max(subscription.timestampMs, found?.timestampMs ?? subscription.timestampMs);
    const answer = { timestampMs, headers: subscription.headers, key, version };
    if (instruction === 'delete and propagate') answers.send({ ...answer, row: null }, run);
    else if (instruction === 'propagate null too' || (instruction === 'propagate if found' && found))
      answers.send({ ...answer, row: found?.row ?? null }, run);
  });
  right.changes.connect((change, run) => {
    const found = subscribers(run).get(join.rightIdentity(change.key!));
    if (!found) return;
    const { timestampMs, headers, after } = change;
    for (const [, { key, version }] of [...found].sort(([a], [b]) => (a < b ? -1 : 1)))
      answers.send({ timestampMs, headers, key, version, row: after }, run);
  });
  const results: Stream = new Outlet<StreamRecord>();
  answers.outlet.connect((answer, run) => {
    const current = left.get({ key: answer.key, window: null }, run)?.row ?? null;
    if ((current && join.version(current)) !== answer.version) return run.log('Dropping FK-join response of a row that changed.');
    const isNone = answer.row === null && (!join.keepsLeft || current === null);
    const value = isNone ? null : join.join(answer.key, current, answer.row);
    results.emit({ key: answer.key, value, timestampMs: answer.timestampMs, window: null, headers: answer.headers }, run);
  });
  return tableOfStream(topology, results, join.leftIdentity);
}

function register(subscribers: Map<string, Map<string, Subscriber>>, subscription: Subscription, join: ForeignKeyJoin): void {
  const { foreignKey, key, version, instruction } = subscription;
  const foreignId = join.rightIdentity(foreignKey!);
  const of = subscribers.get(foreignId) ?? new Map<string, Subscriber>();
  if (instruction === 'delete' || instruction === 'delete and propagate') of.delete(join.leftIdentity(key));
  else of.set(join.leftIdentity(key), { key, version });
  subscribers.set(foreignId, of);
}

/** What a change of the left table tells the right one: leaving the old foreign key, joining the new one. */
function subscribe(change: TableChange, join: ForeignKeyJoin, send: (subscription: Subscription) => void, run: Run): void {
  const { before, after, timestampMs, headers } = change;
  const base = { timestampMs, headers, key: change.key!, version: after && join.version(after) };
  const oldKey = before && join.foreignKey(before, run);
  const newKey = after && join.foreignKey(after, run);
  const isSame = oldKey !== null && newKey !== null && join.rightIdentity(oldKey) === join.rightIdentity(newKey);
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
