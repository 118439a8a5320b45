import { assignors } from '../../src/engine/group/assignors/index.ts';
import type { AssignorMember, AssignorTopic, TopicPartition } from '../../src/engine/group/assignors/types.ts';
import { checkServerCase, recordedServerAssignors } from './serverAssignors.ts';

interface RecordedMember {
  id: string;
  instanceId?: string;
  rack?: string;
  subscriptions: string[];
  owned?: string[];
  generation?: number | null;
  subscriptionGeneration?: number | null;
}

interface RecordedCase {
  name: string;
  assignor: string;
  topics: Record<string, number>;
  replicaRacks?: Record<string, string[][]>;
  members: RecordedMember[];
  expected: Record<string, string[]> | null;
  error?: string;
  orderSensitive?: boolean;
  summary?: { assigned: number; min: number; max: number; kept: number };
}

/** Data file this module checks. */
export const file = 'kafka/assignors.json';
export const name = 'Partition assignors';

/** Runs every recorded case through the assignor it names. */
export function run(data: unknown): {
  passed: number;
  failed: { name: string; detail: string }[];
  skipped: { reason: string; count: number }[];
} {
  const failed: { name: string; detail: string }[] = [];
  let passed = 0;
  for (const recorded of (data as { cases: RecordedCase[] }).cases) {
    const serverAssign = recordedServerAssignors.get(recorded.assignor);
    const detail = serverAssign === undefined ? checkCase(recorded) : checkServerCase(recorded, serverAssign);
    if (detail === null) passed++;
    else failed.push({ name: `${recorded.assignor} ${recorded.name}`, detail });
  }
  return { passed, failed, skipped: [] };
}

/** Null when the case comes out as recorded, else what differs. Where Kafka's answer depends on its hash order only the summary is compared. */
function checkCase(recorded: RecordedCase): string | null {
  const assign = assignors.get(recorded.assignor);
  if (assign === undefined) return 'no such assignor';
  const topics: AssignorTopic[] = Object.entries(recorded.topics).map(([topic, partitions]) => {
    const racks = recorded.replicaRacks?.[topic];
    return racks === undefined ? { name: topic, partitions } : { name: topic, partitions, racks };
  });
  let actual: TopicPartition[][];
  try {
    actual = assign(topics, recorded.members.map(toMember));
  } catch (error) {
    return recorded.expected === null ? null : `threw ${String(error)}`;
  }
  if (recorded.expected === null) return `expected ${recorded.error ?? 'an error'}, got an assignment`;
  const byMember = new Map(recorded.members.map((member, i) => [member.id, actual[i].map((tp) => `${tp.topic}-${tp.partition}`)]));
  if (recorded.orderSensitive === true) return compareSummary(recorded, byMember);
  for (const [id, partitions] of byMember) {
    const expected = [...(recorded.expected[id] ?? [])].sort().join(' ');
    const got = [...partitions].sort().join(' ');
    if (got !== expected) return `${id}: expected ${expected || 'nothing'}, got ${got || 'nothing'}`;
  }
  return null;
}

function compareSummary(recorded: RecordedCase, byMember: ReadonlyMap<string, string[]>): string | null {
  const sizes = [...byMember.values()].map((partitions) => partitions.length);
  const kept = recorded.members.reduce((sum, member) => {
    const owned = new Set(member.owned ?? []);
    return sum + (byMember.get(member.id) ?? []).filter((partition) => owned.has(partition)).length;
  }, 0);
  const got = { assigned: sizes.reduce((a, b) => a + b, 0), min: Math.min(...sizes), max: Math.max(...sizes), kept };
  const expected = recorded.summary;
  if (expected === undefined) return null;
  const same = got.assigned === expected.assigned && got.min === expected.min && got.max === expected.max && got.kept === expected.kept;
  return same ? null : `expected summary ${JSON.stringify(expected)}, got ${JSON.stringify(got)}`;
}

function toMember(recorded: RecordedMember): AssignorMember {
  return {
    id: recorded.id,
    ...(recorded.instanceId === undefined ? {} : { instanceId: recorded.instanceId }),
    ...(recorded.rack === undefined ? {} : { rack: recorded.rack }),
    topics: recorded.subscriptions,
    owned: (recorded.owned ?? []).map(parsePartition),
    generation: recorded.generation ?? null,
    ...(recorded.subscriptionGeneration === undefined ? {} : { subscriptionGeneration: recorded.subscriptionGeneration }),
  };
}

/** "a-b-3" is partition 3 of topic "a-b". */
function parsePartition(text: string): TopicPartition {
  const dash = text.lastIndexOf('-');
  return { topic: text.slice(0, dash), partition: Number(text.slice(dash + 1)) };
}
