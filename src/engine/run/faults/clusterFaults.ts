/** Faults of brokers, racks, disks, the controller, the network and partitions: whether they can be applied, what they do, and what the timeline says of them. */
import { waitForAnswers } from '../../broker/connections.ts';
import {
  addTopicPartitions,
  electUnclean,
  loseController,
  preferLeaders,
  reassignPartition,
  waitsForController,
} from '../../broker/controllerEvents.ts';
import { contactLost, contactRegained, fillDisk, killBroker, startBroker, stopBroker } from '../../broker/lives.ts';
import { controllerEndpoint, type Endpoint, nodeEndpoint } from '../../broker/clusterState.ts';
import type { TopicState } from '../../broker/context.ts';
import { changeLinks, isReachable } from '../../broker/links.ts';
import type { Fault } from '../../../pipeline/document.ts';
import { brokerNames } from '../views/brokerNames.ts';
import { planDiscovery } from './newPartitions.ts';
import type { NodeState } from '../../process/node.ts';
import type { RunEvent } from '../../report/runEvent.ts';
import type { EngineContext } from '../state.ts';
import { addEntry } from '../views/timeline.ts';

/** All of them, in the order of their numbers in the fingerprint; new ones at the end. */
export const clusterActions = [
  'broker.kill',
  'broker.stop',
  'broker.restart',
  'zone.loss',
  'zone.return',
  'controller.loss',
  'disk.slow',
  'disk.full',
  'disk.freed',
  'network.cut',
  'network.heal',
  'network.delay',
  'leaders.prefer',
  'leader.unclean',
  'partition.reassign',
  'partitions.add',
] as const;

/** A fault that this file knows. */
export type ClusterAction = DistributiveOmit<Extract<Fault, { action: (typeof clusterActions)[number] }>, 'atMs'>;
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** The member of the union that has this action. */
type ActionOf<A extends ClusterAction['action'], T = ClusterAction> = T extends { readonly action: infer B }
  ? A extends B
    ? T
    : never
  : never;

export function isClusterAction(fault: { readonly action: string }): fault is ClusterAction {
  return (clusterActions as readonly string[]).includes(fault.action);
}

/** Why a fault cannot be applied now, as a sentence; null when it can. */
export function clusterFaultRefusal(ctx: EngineContext, fault: ClusterAction): string | null {
  switch (fault.action) {
    case 'broker.kill':
    case 'broker.stop':
    case 'broker.restart':
    case 'disk.slow':
    case 'disk.full':
    case 'disk.freed':
      return brokerRefusal(ctx, fault);
    case 'zone.loss':
    case 'zone.return':
      return brokersOf(ctx, fault.rack).length === 0 ? `No broker is in a rack "${fault.rack}"; racks are set by broker.racks.` : null;
    case 'network.cut':
    case 'network.heal':
    case 'network.delay':
      return [...fault.between, ...fault.and].map((text) => endpointRefusal(ctx, text)).find((refusal) => refusal !== null) ?? null;
    case 'leader.unclean':
    case 'partition.reassign':
    case 'partitions.add':
      return partitionRefusal(ctx, fault);
    case 'controller.loss':
      return ctx.cluster.quorum.votersUp === 0 ? 'All controllers are down already.' : null;
    case 'leaders.prefer':
      return null;
  }
}

type BrokerAction = ActionOf<'broker.kill'> | ActionOf<'disk.slow'> | ActionOf<'disk.full'>;

function brokerRefusal(ctx: EngineContext, { action, broker: index }: BrokerAction): string | null {
  const broker = ctx.brokers[index];
  if (broker === undefined) return `There is no broker ${index}; the cluster has brokers 0 to ${ctx.brokers.length - 1}.`;
  if (action === 'broker.kill') return broker.alive || broker.starting ? null : `Broker ${index} is down already.`;
  if (action === 'broker.stop' && !broker.alive) return `Broker ${index} does not run, so it cannot shut down.`;
  if (action === 'broker.stop' && broker.shuttingDown) return `Broker ${index} is shutting down already.`;
  if (action === 'broker.restart' && broker.starting) return `Broker ${index} is starting already.`;
  if (action === 'disk.full' && broker.diskFull) return `The disk of broker ${index} is full already.`;
  if (action === 'disk.freed' && !broker.diskFull) return `The disk of broker ${index} is not full.`;
  return null;
}

type PartitionAction = ActionOf<'leader.unclean'> | ActionOf<'partition.reassign'> | ActionOf<'partitions.add'>;

function topicOf(ctx: EngineContext, node: string): TopicState | undefined {
  return ctx.topics.find((topic) => topic.node === node);
}

/** A stream processor that reads a topic. */
function streamsReader({ nodes, streams, topics }: EngineContext, topic: TopicState): NodeState | undefined {
  return nodes.find(({ index, inputs }) => streams.nodes[index] && inputs.includes(topics.indexOf(topic)));
}

function partitionRefusal(ctx: EngineContext, fault: PartitionAction): string | null {
  const topic = topicOf(ctx, fault.node);
  if (topic === undefined) return `There is no topic "${fault.node}" in this run.`;
  const { name, partitionCount, partitionCountMax, firstPartition } = topic;
  if (fault.action === 'partitions.add') {
    const reader = streamsReader(ctx, topic);
    if (reader !== undefined)
      return `${name} is read by ${reader.name}, a stream processor whose internal topics have as many partitions: Kafka Streams would stop ("Existing internal topic has invalid partitions"). Give ${name} more partitions and start again.`;
    if (partitionCount + fault.count <= partitionCountMax) return null;
    const room = partitionCountMax - partitionCount;
    return `${name} has ${partitionCount} partitions and room for ${room} more in this run: plan the addition in the scenario and start again, so that its places are kept.`;
  }
  if (fault.partition >= partitionCount) return `${name} has no partition ${fault.partition}; it has 0 to ${partitionCount - 1}.`;
  const { leader } = ctx.partitions[firstPartition + fault.partition];
  if (fault.action === 'leader.unclean')
    return leader < 0
      ? null
      : `${name}-${fault.partition} is led by broker ${leader}; an unclean election is for a partition without a leader.`;
  const unknown = fault.replicas.find((broker) => ctx.brokers[broker] === undefined);
  return unknown === undefined ? null : `There is no broker ${unknown}; the cluster has brokers 0 to ${ctx.brokers.length - 1}.`;
}

/** Does what a fault says, at the clock's now. Requests to a controller that is away wait for the next one. */
export function applyClusterFault(ctx: EngineContext, fault: ClusterAction): void {
  switch (fault.action) {
    case 'broker.kill':
      return killBroker(ctx, fault.broker);
    case 'broker.stop':
      return stopBroker(ctx, fault.broker, { startsAgain: false });
    case 'broker.restart':
      return ctx.brokers[fault.broker].alive ? stopBroker(ctx, fault.broker, { startsAgain: true }) : startBroker(ctx, fault.broker);
    case 'zone.loss':
      return changeZone(ctx, fault);
    case 'zone.return':
      return changeZone(ctx, fault);
    case 'controller.loss':
      return loseController(ctx);
    case 'disk.slow':
    case 'disk.full':
    case 'disk.freed':
      return changeDisk(ctx, fault);
    case 'network.cut':
    case 'network.heal':
    case 'network.delay':
      return changeNetwork(ctx, fault);
    default:
      if (!waitsForController(ctx)) askController(ctx, fault);
  }
}

function say(ctx: EngineContext, text: string, options: { readonly code?: RunEvent['code']; readonly node?: string } = {}): void {
  addEntry(ctx, { timeUs: ctx.events.nowUs, code: options.code ?? 'fault', node: options.node ?? null, text });
}

const brokersOf = (ctx: EngineContext, rack: string) => ctx.brokers.filter((broker) => broker.rack === rack);

function changeZone(ctx: EngineContext, { action, rack }: ActionOf<'zone.loss'>): void {
  const brokers = brokersOf(ctx, rack);
  if (action === 'zone.loss') {
    say(ctx, `Rack ${rack} is lost, with ${brokerNames(brokers.map(({ index }) => index))}.`, { code: 'zone.lost' });
    for (const { index, alive, starting } of brokers) if (alive || starting) killBroker(ctx, index);
    return;
  }
  say(ctx, `Rack ${rack} is back.`, { code: 'zone.returned' });
  for (const { index, alive, starting } of brokers) if (!alive && !starting) startBroker(ctx, index);
}

function changeDisk(ctx: EngineContext, fault: ActionOf<'disk.slow'> | ActionOf<'disk.full'>): void {
  const { broker: index } = fault;
  const broker = ctx.brokers[index];
  if (fault.action === 'disk.slow') {
    broker.diskFactor = fault.factor;
    const text = fault.factor === 1 ? 'is as fast as built again' : `takes ${fault.factor} times as long`;
    say(ctx, `The disk of broker ${index} ${text}.`);
  } else if (fault.action === 'disk.full') {
    say(ctx, `The disk of broker ${index} is full.`);
    fillDisk(ctx, index);
  } else {
    broker.diskFull = false;
    say(ctx, `The disk of broker ${index} has room again.`);
  }
}

/** Everybody with links: brokers, the controller, clients. */
function allEndpoints(ctx: EngineContext): Endpoint[] {
  const clients = ctx.nodes.filter((node) => node.producer >= 0 || node.group >= 0).map((node) => nodeEndpoint(node.index));
  return [...ctx.brokers.map((broker) => broker.index), controllerEndpoint, ...clients];
}

function endpointRefusal(ctx: EngineContext, text: string): string | null {
  if (text === 'rest' || text === 'controller') return null;
  const broker = /^broker:(\d+)$/.exec(text);
  if (broker !== null)
    return ctx.brokers[Number(broker[1])]
      ? null
      : `There is no broker ${broker[1]}; the cluster has brokers 0 to ${ctx.brokers.length - 1}.`;
  const node = ctx.nodes.find(({ id }) => text === `node:${id}`);
  if (node === undefined) return `"${text}" is no end of a link; write broker:0, controller, node:<id> or rest.`;
  return node.producer >= 0 || node.group >= 0 ? null : `${node.name} has no clients, so the network cannot cut it off.`;
}

function endpointOf(ctx: EngineContext, text: string): Endpoint {
  if (text === 'controller') return controllerEndpoint;
  if (text.startsWith('broker:')) return Number(text.slice('broker:'.length));
  return nodeEndpoint(ctx.nodes.find(({ id }) => text === `node:${id}`)!.index);
}

function sideOf(ctx: EngineContext, texts: readonly string[], other: readonly string[]): Endpoint[] {
  const named = [...texts, ...other].filter((text) => text !== 'rest').map((text) => endpointOf(ctx, text));
  const rest = texts.includes('rest') ? allEndpoints(ctx).filter((endpoint) => !named.includes(endpoint)) : [];
  return [...texts.filter((text) => text !== 'rest').map((text) => endpointOf(ctx, text)), ...rest];
}

function changeNetwork(ctx: EngineContext, fault: ActionOf<'network.cut'> | ActionOf<'network.delay'>): void {
  const ends = { between: sideOf(ctx, fault.between, fault.and), and: sideOf(ctx, fault.and, fault.between) };
  const where = `between ${sideWords(ctx, fault.between)} and ${sideWords(ctx, fault.and)}`;
  if (fault.action === 'network.delay') {
    const text = fault.addedMs === 0 ? 'is as fast as before' : `takes ${fault.addedMs} ms longer, each way`;
    say(ctx, `The way ${where} ${text}.`, { code: 'network.delayed' });
    changeLinks(ctx, ends, { addedUs: Math.round(fault.addedMs * 1000) });
    return;
  }
  const cut = fault.action === 'network.cut';
  say(ctx, cut ? `The network ${where} is cut.` : `The network ${where} is healed.`, { code: cut ? 'network.cut' : 'network.healed' });
  changeLinks(ctx, ends, { cut });
  if (cut) waitForAnswers(ctx);
  for (const broker of ctx.brokers) {
    if (!broker.alive) continue;
    if (isReachable(ctx, broker.index, controllerEndpoint)) contactRegained(ctx, broker);
    else contactLost(ctx, broker);
  }
}

function sideWords(ctx: EngineContext, texts: readonly string[]): string {
  const words = texts.map((text) => {
    if (text === 'rest') return 'the rest';
    if (text === 'controller') return 'the controller';
    if (text.startsWith('broker:')) return `broker ${text.slice('broker:'.length)}`;
    return ctx.nodes.find(({ id }) => text === `node:${id}`)!.name;
  });
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)!}`;
}

/** What the tools of a cluster ask the active controller for. */
function askController(ctx: EngineContext, fault: ActionOf<'leaders.prefer'> | PartitionAction): void {
  if (!('node' in fault) || fault.node === undefined) {
    say(ctx, `Preferred leaders are asked for: ${preferLeaders(ctx)} partitions get theirs back.`);
    return;
  }
  const topic = topicOf(ctx, fault.node)!;
  const { name, node, firstPartition } = topic;
  if (fault.action === 'partitions.add') {
    say(ctx, `${name} gets ${fault.count} more partitions.`, { node });
    const refusal = addTopicPartitions(ctx, topic, fault.count);
    if (refusal !== null) say(ctx, `The controller refuses: ${refusal}`, { node });
    else planDiscovery(ctx, ctx.topics.indexOf(topic));
    return;
  }
  const { partition } = fault;
  if (fault.action === 'leader.unclean') {
    say(ctx, `An unclean election of ${name}-${partition} is asked for.`, { node });
    const error = electUnclean(ctx, firstPartition + partition);
    if (error !== 'NONE') say(ctx, `The controller refuses: ${error}.`, { node });
    return;
  }
  say(ctx, `${name}-${partition} is to move to ${brokerNames(fault.replicas)}.`, { node });
  const refusal = reassignPartition(ctx, firstPartition + partition, fault);
  if (refusal !== null) say(ctx, `The controller refuses: ${refusal}`, { node });
}
