import type { ServerAssign, ServerMember, ServerTopic } from '../../src/engine/group/consumerProtocol/serverAssignor.ts';
import { serverAssignors } from '../../src/engine/group/consumerProtocol/serverAssignors.ts';
import { assignSimple } from '../../src/engine/group/share/simpleAssignor.ts';

/** A recorded case of a broker-side assignor. */
export interface RecordedServerCase {
  readonly assignor: string;
  readonly topics: Readonly<Record<string, number>>;
  /** Ascending topic ids, and the order in which the topics came out of Kafka's hash maps; both as `topics` when absent. */
  readonly topicIdOrder?: readonly string[];
  readonly topicIterationOrder?: readonly string[];
  readonly subscriptionType?: string;
  readonly members: readonly {
    readonly id: string;
    readonly instanceId?: string;
    readonly subscriptions: readonly string[];
    readonly owned?: readonly string[];
  }[];
  readonly expected: Readonly<Record<string, readonly string[]>> | null;
  readonly error?: string;
}

/** The broker-side assignors by the names the data file has for them. */
export const recordedServerAssignors: ReadonlyMap<string, ServerAssign> = new Map([
  ['uniform', serverAssignors.uniform],
  ['range-server', serverAssignors.range],
  ['simple', assignSimple],
]);

/** Room for one topic among the global partition indexes: no recorded topic has more partitions. */
const partitionsPerTopic = 100_000;

/** Null when the case comes out as recorded, else what differs. */
export function checkServerCase(recorded: RecordedServerCase, assign: ServerAssign): string | null {
  const ids = recorded.topicIdOrder ?? Object.keys(recorded.topics);
  const names = [...ids, ...Object.keys(recorded.topics).filter((name) => !ids.includes(name))];
  const toTopic = (name: string): ServerTopic => {
    const index = names.indexOf(name);
    return { index, firstPartition: index * partitionsPerTopic, partitionCount: recorded.topics[name] };
  };
  const toPartition = (text: string): number => {
    const dash = text.lastIndexOf('-');
    return toTopic(text.slice(0, dash)).firstPartition + Number(text.slice(dash + 1));
  };
  const subscribed = new Set(recorded.members.flatMap(({ subscriptions }) => subscriptions));
  const topics = (recorded.topicIterationOrder ?? Object.keys(recorded.topics))
    .filter((name) => subscribed.has(name) && name in recorded.topics)
    .map(toTopic);
  const members: ServerMember[] = recorded.members.map(({ id, instanceId, subscriptions, owned }) => ({
    memberId: id,
    instanceId: instanceId ?? '',
    topics: subscriptions.map((name) => names.indexOf(name)),
    target: (owned ?? []).map(toPartition).sort((a, b) => a - b),
  }));
  let actual: number[][];
  try {
    actual = assign({ topics, members, homogeneous: recorded.subscriptionType?.toUpperCase() !== 'HETEROGENEOUS' });
  } catch (error) {
    return recorded.expected === null ? null : `threw ${String(error)}`;
  }
  if (recorded.expected === null) return `expected ${recorded.error ?? 'an error'}, got an assignment`;
  for (const [i, { id }] of recorded.members.entries()) {
    const expected = (recorded.expected[id] ?? [])
      .map(toPartition)
      .sort((a, b) => a - b)
      .join(' ');
    const got = actual[i].join(' ');
    if (got !== expected) return `${id}: expected ${expected || 'nothing'}, got ${got || 'nothing'}`;
  }
  return null;
}
