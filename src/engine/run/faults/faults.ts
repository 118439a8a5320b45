/** Faults and live edits: from the scenario's plan or a person's click to the engine's parts. */
import type { ConfigValue, Fault } from '../../../pipeline/document.ts';
import { configDefinition } from '../../../pipeline/kinds/index.ts';
import type { NodeKind } from '../../../pipeline/kinds/index.ts';
import { reconfigureConsumer } from '../../consumer/assignment.ts';
import { EventKind } from '../../kernel/eventKinds.ts';
import { Priority, schedule } from '../../kernel/eventSet.ts';
import { mix } from '../../kernel/trace.ts';
import { crashWorker, endOutage, setSlowFactor, startOutage, startWorker, stopWorker } from '../../process/lifecycle.ts';
import type { NodeState } from '../../process/node.ts';
import type { RunEvent } from '../../report/runEvent.ts';
import { reconfigureProducer } from '../../producer/producer.ts';
import {
  consumerConfig,
  failurePolicy,
  logConfig,
  numberOf,
  producerClientConfig,
  externalSystem,
  microBatchSettings,
  serviceDistribution,
  type Settings,
} from '../configs.ts';
import { applyClusterFault, clusterActions, clusterFaultRefusal, isClusterAction } from './clusterFaults.ts';
import { addMember, renewMember } from '../members.ts';
import { missingForOffsetsReset, offsetsResetRefusal, resetOffsets } from './offsetsReset.ts';
import { applyReading, isReadingFault, readingRefusal } from './reading.ts';
import type { EngineContext } from '../state.ts';
import { addEntry } from '../views/timeline.ts';

/** Members of one node beyond which adding is refused. */
const membersMax = 1_000;

/** Numbers of actions in the fingerprint; new ones at the end. */
const actionCodes: readonly Fault['action'][] = [
  'member.add',
  'member.stop',
  'member.crash',
  'member.restart',
  'outage.start',
  'outage.end',
  'slow',
  'config.set',
  ...clusterActions,
  'offsets.reset',
  'consumer.pause',
  'consumer.resume',
  'consumer.seek',
];

/** Plans a fault; its moment is not before the clock. Returns its index. */
export function planFault(ctx: EngineContext, fault: Fault): number {
  const timeUs = Math.max(ctx.events.nowUs, Math.round(fault.atMs * 1000));
  const index = ctx.faults.push({ timeUs, fault }) - 1;
  schedule(ctx.events, timeUs, EventKind.FaultDue, index, 0, Priority.fault);
  return index;
}

/** Why a fault cannot be applied to this run, as a sentence; null when it can. */
export function faultRefusal(ctx: EngineContext, fault: Omit<Fault, 'atMs'> & Partial<Fault>): string | null {
  if (isClusterAction(fault)) return clusterFaultRefusal(ctx, fault);
  const node = ctx.nodes.find((candidate) => candidate.id === fault.node);
  if (!node) return `There is no node "${fault.node}" in this run.`;
  if (fault.action === 'config.set') {
    const row = configDefinition(node.kind as NodeKind, (fault as { config: string }).config);
    if (!row) return `A ${node.kind} has no config "${(fault as { config: string }).config}".`;
    return row.live ? null : `${row.name} cannot change while the run is on; change it and start again.`;
  }
  if (node.group < 0) return `${node.name} reads no topic, so it has no members.`;
  if (fault.action === 'offsets.reset') return offsetsResetRefusal(ctx, node, fault as OffsetsReset);
  if (isReadingFault(fault)) return readingRefusal(ctx, node, fault);
  if (fault.action === 'member.add') return node.members.length >= membersMax ? `${node.name} has ${membersMax} members already.` : null;
  if ('member' in fault && node.members[fault.member as number] === undefined) return `${node.name} has no member ${fault.member}.`;
  return null;
}

type OffsetsReset = Extract<Fault, { action: 'offsets.reset' }>;

/** Number of a block of `counters.missingPartition` that must be resident before a fault can be applied, or -1. */
export function missingForFault(ctx: EngineContext, index: number): number {
  const { fault } = ctx.faults[index]!;
  if ((fault.action !== 'offsets.reset' && fault.action !== 'consumer.seek') || faultRefusal(ctx, fault) !== null) return -1;
  return missingForOffsetsReset(
    ctx,
    ctx.nodes.find(({ id }) => id === fault.node)!,
    fault,
  );
}

/** EventKind.FaultDue */
export function onFaultDue(ctx: EngineContext, index: number): void {
  const { fault, timeUs } = ctx.faults[index]!;
  const nodeIndex = ctx.nodes.findIndex((candidate) => candidate.id === fault.node);
  // Not the fault's index: the same faults in another order of the list are the same run.
  mix(ctx.trace, timeUs, EventKind.FaultDue, nodeIndex, actionCodes.indexOf(fault.action));
  const refusal = faultRefusal(ctx, fault);
  const node = ctx.nodes.find((candidate) => candidate.id === fault.node);
  if (refusal !== null) {
    addEntry(ctx, { timeUs, code: 'fault', node: fault.node ?? null, text: `A planned fault did nothing: ${refusal}` });
    return;
  }
  if (isClusterAction(fault)) return applyClusterFault(ctx, fault);
  if (!node) return;
  if (fault.action === 'offsets.reset') return resetOffsets(ctx, node, fault);
  if (isReadingFault(fault)) return applyReading(ctx, node, fault);
  addEntry(ctx, { timeUs, code: codeOf(fault), node: node.id, text: faultSentence(fault, node) });
  switch (fault.action) {
    case 'member.add':
      return startWorker(ctx, addMember(ctx, node, node.settings));
    case 'member.stop':
      return stopWorker(ctx, node.members[fault.member]!);
    case 'member.crash':
      return crashWorker(ctx, node.members[fault.member]!);
    case 'member.restart':
      renewMember(ctx, node, fault.member);
      return startWorker(ctx, node.members[fault.member]!);
    case 'outage.start':
      return startOutage(ctx, node.index);
    case 'outage.end':
      return endOutage(ctx, node.index);
    case 'slow':
      return setSlowFactor(ctx, node.index, fault.factor);
    case 'config.set':
      return setConfig(ctx, node, { ...node.settings, [fault.config]: fault.value });
  }
}

/** Puts settings into force on a running node. */
function setConfig(ctx: EngineContext, node: NodeState, settings: Settings): void {
  node.settings = settings;
  if (node.role === 'producer') {
    reconfigureProducer(ctx, node.producer, { config: producerClientConfig(settings), workload: settings });
    return;
  }
  if (node.role === 'topic') {
    const topic = ctx.topics[node.outputs[0]![0]!]!;
    for (let p = topic.firstPartition; p < topic.firstPartition + topic.partitionCount; p++)
      ctx.partitions[p]!.log.config = logConfig(settings);
    return;
  }
  applyServiceSettings(node, settings);
  for (const member of node.members) {
    // A member that waits for an answer which will not come polls again; any other polls by itself.
    const waits = ctx.workers[member]!.phase === 'idle';
    if (reconfigureConsumer(ctx, ctx.consumers[member]!, consumerConfig(settings)) && waits) {
      schedule(ctx.events, ctx.events.nowUs, EventKind.MemberWake, member, -1);
    }
  }
}

/** The settings of a consuming node that its service follows. */
export function applyServiceSettings(node: NodeState, settings: Settings): void {
  node.service = serviceDistribution(settings);
  node.writeBatchRecords = Math.max(1, numberOf(settings, 'write.batch.records'));
  node.microBatch = microBatchSettings(settings);
  node.external = externalSystem(settings, node.external);
  node.ratePerUs = numberOf(settings, 'rate.limit') / 1e6;
  node.concurrency = node.pool === null ? Math.max(1, numberOf(settings, 'concurrency')) : node.pool.threads;
  node.errorRate = numberOf(settings, 'error.rate');
  node.failures = failurePolicy(settings);
  node.lookupUs = numberOf(settings, 'idempotence.lookup.ms') * 1000;
  node.passProbability = settings['pass.probability'] === undefined ? 1 : numberOf(settings, 'pass.probability');
}

function codeOf(fault: Fault): RunEvent['code'] {
  if (fault.action === 'member.crash') return 'member.crashed';
  return fault.action === 'member.stop' ? 'member.left' : 'fault';
}

function faultSentence(fault: Fault, node: NodeState): string {
  switch (fault.action) {
    case 'member.add':
      return `A member is added to ${node.name}.`;
    case 'member.stop':
      return `${node.name}-${fault.member} is stopped.`;
    case 'member.crash':
      return `${node.name}-${fault.member} crashes.`;
    case 'member.restart':
      return `${node.name}-${fault.member} starts again.`;
    case 'outage.start':
      return `${node.name} stops answering.`;
    case 'outage.end':
      return `${node.name} answers again.`;
    case 'slow':
      return fault.factor === 1 ? `${node.name} is back to its own speed.` : `${node.name} takes ${fault.factor} times as long.`;
    case 'config.set':
      return `${node.name}: ${fault.config} becomes ${wordOf(fault.value)}.`;
    default:
      return `${fault.action}.`;
  }
}

function wordOf(value: ConfigValue): string {
  return Array.isArray(value) ? value.join(', ') : String(value);
}
