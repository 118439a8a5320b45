/** The faults a form offers for a document, and what each begins with. */
import type { Fault, PipelineDocument, PipelineNode } from '../../pipeline/document.ts';
import { effectiveClusterConfig, effectiveConfig, kindOf } from '../../pipeline/index.ts';
import { racksOf } from '../../pipeline/racks.ts';
import { isReading, type ReadingFault } from './readingWords.ts';

/** A config set live keeps its action: which config and value it has is typed where configs are. */
export type ChosenAction = Exclude<Fault['action'], 'config.set'>;

interface ActionGroup {
  readonly label: string;
  readonly actions: readonly (readonly [ChosenAction, string])[];
}

const groups: readonly ActionGroup[] = [
  {
    label: 'Members and nodes',
    actions: [
      ['member.crash', 'a member crashes'],
      ['member.stop', 'a member stops'],
      ['member.restart', 'a member starts again'],
      ['member.add', 'one more member'],
      ['outage.start', 'stops answering'],
      ['outage.end', 'answers again'],
      ['slow', 'slower or faster'],
      ['consumer.pause', 'reading is paused'],
      ['consumer.resume', 'reading is resumed'],
      ['consumer.seek', 'its position is set (seek)'],
      ['offsets.reset', 'its group’s offsets are reset'],
    ],
  },
  {
    label: 'Brokers',
    actions: [
      ['broker.kill', 'a broker is killed'],
      ['broker.stop', 'a broker shuts down in order'],
      ['broker.restart', 'a broker starts again'],
      ['zone.loss', 'a rack is lost'],
      ['zone.return', 'a rack returns'],
      ['controller.loss', 'the active controller is lost'],
    ],
  },
  {
    label: 'Disks',
    actions: [
      ['disk.slow', 'a disk is slower or faster'],
      ['disk.full', 'a disk is full'],
      ['disk.freed', 'a disk has room again'],
    ],
  },
  {
    label: 'Network',
    actions: [
      ['network.cut', 'connections are cut'],
      ['network.heal', 'connections come back'],
      ['network.delay', 'messages take longer'],
    ],
  },
  {
    label: 'Partitions',
    actions: [
      ['leaders.prefer', 'preferred leaders are elected'],
      ['leader.unclean', 'an unclean election'],
      ['partition.reassign', 'a partition moves'],
      ['partitions.add', 'a topic gets partitions'],
    ],
  },
];

function isConsumer({ kind }: PipelineNode): boolean {
  return ['processor', 'sink'].includes(kindOf(kind).role);
}

function isTopic({ kind }: PipelineNode): boolean {
  return kindOf(kind).role === 'topic';
}

const onTopics: readonly Fault['action'][] = ['leader.unclean', 'partition.reassign', 'partitions.add'];
const onConsumers: readonly Fault['action'][] = groups[0]!.actions.map(([action]) => action);

/** Nodes an action can happen to; empty for what happens to the cluster. */
export function nodesFor(document: PipelineDocument, action: Fault['action']): readonly PipelineNode[] {
  if (onTopics.includes(action)) return document.nodes.filter(isTopic);
  return onConsumers.includes(action) ? document.nodes.filter(isConsumer) : [];
}

/** The indexes of the brokers. */
export function brokersOf(document: PipelineDocument): readonly number[] {
  return Array.from({ length: Number(effectiveClusterConfig(document.cluster)['brokers']) }, (_, broker) => broker);
}

/** The racks of the cluster, each once. */
export function rackNames(document: PipelineDocument): readonly string[] {
  return racksOf(effectiveClusterConfig(document.cluster));
}

/** How many partitions a topic begins with. */
export function partitionsOf(document: PipelineDocument, topic: string): number {
  const node = document.nodes.find(({ id }) => id === topic);
  return node === undefined ? 0 : Number(effectiveConfig(node)['partitions'] ?? 0);
}

/** What can happen in this document, in groups; the present action is always among them. */
export function actionGroups(document: PipelineDocument, present: Fault['action']): readonly ActionGroup[] {
  const isPossible = (action: ChosenAction): boolean => {
    if (action === present) return true;
    if (onTopics.includes(action) || onConsumers.includes(action)) return nodesFor(document, action).length > 0;
    return action === 'zone.loss' || action === 'zone.return' ? rackNames(document).length > 0 : true;
  };
  return groups
    .map(({ label, actions }) => ({ label, actions: actions.filter(([action]) => isPossible(action)) }))
    .filter(({ actions }) => actions.length > 0);
}

/** The fault with another action; what the former one did not say begins with the usual value. */
export function withAction(document: PipelineDocument, fault: Fault, action: ChosenAction): Fault {
  const { atMs } = fault;
  const nodes = nodesFor(document, action);
  const kept = nodes.find(({ id }) => id === fault.node) ?? nodes.at(-1);
  const node = kept?.id ?? fault.node ?? '';
  const broker = 'broker' in fault ? fault.broker : 0;
  const partition = 'partition' in fault ? (fault.partition ?? 0) : 0;
  const consumer = isReading(fault) ? readingOf(fault) : {};
  const sides = 'between' in fault ? { between: fault.between, and: fault.and } : { between: [`broker:${broker}`], and: ['rest'] };
  switch (action) {
    case 'member.stop':
    case 'member.crash':
    case 'member.restart':
      return { atMs, action, node, member: 'member' in fault ? (fault.member ?? 0) : 0 };
    case 'slow':
      return { atMs, action, node, factor: 2 };
    case 'offsets.reset':
      return { atMs, action, node, to: 'earliest' };
    case 'consumer.pause':
    case 'consumer.resume':
      return { atMs, action, node, ...consumer };
    case 'consumer.seek':
      return { atMs, action, node, ...consumer, to: 'earliest' };
    case 'member.add':
    case 'outage.start':
    case 'outage.end':
      return { atMs, action, node };
    case 'broker.kill':
    case 'broker.stop':
    case 'broker.restart':
    case 'disk.full':
    case 'disk.freed':
      return { atMs, action, broker };
    case 'disk.slow':
      return { atMs, action, broker, factor: 10 };
    case 'zone.loss':
    case 'zone.return':
      return { atMs, action, rack: 'rack' in fault ? fault.rack : (rackNames(document)[0] ?? '') };
    case 'controller.loss':
    case 'leaders.prefer':
      return { atMs, action };
    case 'network.cut':
    case 'network.heal':
      return { atMs, action, ...sides };
    case 'network.delay':
      return { atMs, action, ...sides, addedMs: 100 };
    case 'leader.unclean':
      return { atMs, action, node, partition };
    case 'partition.reassign':
      return { atMs, action, node, partition, replicas: [...brokersOf(document).slice(0, copiesOf(kept))], throttleBytesPerSecond: 0 };
    case 'partitions.add':
      return { atMs, action, node, count: 1 };
  }
}

/** Whose reading, and of what. */
function readingOf({ member, partition }: ReadingFault): Pick<ReadingFault, 'member' | 'partition'> {
  return { ...(member === undefined ? {} : { member }), ...(partition === undefined ? {} : { partition }) };
}

function copiesOf(topic: PipelineNode | undefined): number {
  return topic === undefined ? 1 : Number(effectiveConfig(topic)['replication.factor']);
}

/** The same fault on another node; partitions and members that are not there begin again at 0. */
export function withNode(document: PipelineDocument, fault: Extract<Fault, { node: string }>, node: string): Fault {
  if (!isReading(fault) && 'partition' in fault && fault.partition >= partitionsOf(document, node)) return { ...fault, node, partition: 0 };
  return { ...fault, node };
}

/** What a new fault begins with: the last reader's member crashes, or without readers a broker is killed. */
export function newFault(document: PipelineDocument, atMs: number): Fault {
  const start: Fault = { atMs, action: 'controller.loss' };
  return withAction(document, start, nodesFor(document, 'member.crash').length > 0 ? 'member.crash' : 'broker.kill');
}
