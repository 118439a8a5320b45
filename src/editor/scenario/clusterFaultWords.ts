/** Faults of brokers, controller, network and partitions as sentences. */
import type { Fault, NodeFault, PipelineDocument } from '../../pipeline/document.ts';
import { effectiveClusterConfig } from '../../pipeline/index.ts';
import { brokersIn } from '../../pipeline/racks.ts';
import type { DistributiveOmit } from '../../workers/protocol.ts';
import { formatBytes } from '../format/numbers.ts';

type WithoutTime = DistributiveOmit<Fault, 'atMs'>;
/** What happens to a node's members, speed or configs: everything else is the cluster's. */
type MemberAction = Exclude<NodeFault['action'], 'leader.unclean' | 'partition.reassign' | 'partitions.add'>;
type ClusterAction = Exclude<Fault['action'], MemberAction>;
type ClusterDeed = Extract<WithoutTime, { action: ClusterAction }>;

function nameOf(document: PipelineDocument, id: string): string {
  return document.nodes.find((node) => node.id === id)?.name ?? id;
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)!}`;
}

/** `broker 2`, `the controller`, `the clients of shop UI`, `everybody else`. */
export function endpointWords(document: PipelineDocument, end: string): string {
  if (end.startsWith('broker:')) return `broker ${end.slice('broker:'.length)}`;
  if (end.startsWith('node:')) return nameOf(document, end.slice('node:'.length));
  return end === 'rest' ? 'everybody else' : 'the controller';
}

function sides(document: PipelineDocument, fault: { readonly between: readonly string[]; readonly and: readonly string[] }) {
  const words = (ends: readonly string[]) => listed(ends.map((end) => endpointWords(document, end)));
  return { between: words(fault.between), and: words(fault.and), verb: fault.between.length === 1 ? 'is' : 'are' };
}

function rackWords(document: PipelineDocument, rack: string): string {
  const brokers = brokersIn(effectiveClusterConfig(document.cluster), rack);
  return brokers.length === 0 ? `rack ${rack}` : `rack ${rack} (${listed(brokers.map((broker) => `broker ${broker}`))})`;
}

function networkDeed(document: PipelineDocument, fault: Extract<ClusterDeed, { between: readonly string[] }>): string {
  const { between, and, verb } = sides(document, fault);
  switch (fault.action) {
    case 'network.cut':
      return `${between} ${verb} cut off from ${and}`;
    case 'network.heal':
      return `${between} ${verb} connected with ${and} again`;
    case 'network.delay':
      return fault.addedMs === 0
        ? `the network between ${between} and ${and} is back at its usual latency`
        : `the network between ${between} and ${and} takes ${fault.addedMs} ms longer`;
  }
}

function partitionDeed(document: PipelineDocument, fault: Extract<ClusterDeed, { node: string }>): string {
  const topic = nameOf(document, fault.node);
  switch (fault.action) {
    case 'leader.unclean':
      return `${topic}-${fault.partition} takes any living replica as its leader`;
    case 'partition.reassign': {
      const throttle = fault.throttleBytesPerSecond === 0 ? '' : `, at most ${formatBytes(fault.throttleBytesPerSecond)} a second`;
      return `${topic}-${fault.partition} moves to ${fault.replicas.length === 1 ? 'broker' : 'brokers'} ${listed(fault.replicas.map(String))}${throttle}`;
    }
    case 'partitions.add':
      return `${topic} gets ${fault.count} more ${fault.count === 1 ? 'partition' : 'partitions'}`;
  }
}

/** What happens, without its time: `broker 1 is killed`. */
export function clusterDeed(document: PipelineDocument, fault: ClusterDeed): string {
  switch (fault.action) {
    case 'broker.kill':
      return `broker ${fault.broker} is killed`;
    case 'broker.stop':
      return `broker ${fault.broker} shuts down in order`;
    case 'broker.restart':
      return `broker ${fault.broker} starts again`;
    case 'zone.loss':
      return `${rackWords(document, fault.rack)} is lost`;
    case 'zone.return':
      return `${rackWords(document, fault.rack)} returns`;
    case 'controller.loss':
      return 'the active controller is lost';
    case 'leaders.prefer':
      return 'partitions go back to their preferred leaders';
    case 'disk.slow':
      return fault.factor === 1
        ? `the disk of broker ${fault.broker} is back at its usual speed`
        : `the disk of broker ${fault.broker} takes ${fault.factor} times as long`;
    case 'disk.full':
      return `the disk of broker ${fault.broker} is full`;
    case 'disk.freed':
      return `the disk of broker ${fault.broker} has room again`;
    case 'network.cut':
    case 'network.heal':
    case 'network.delay':
      return networkDeed(document, fault);
    case 'leader.unclean':
    case 'partition.reassign':
    case 'partitions.add':
      return partitionDeed(document, fault);
  }
}

/** The same as something to do: `Kill broker 1`. */
export function clusterIntervention(document: PipelineDocument, fault: ClusterDeed): string {
  switch (fault.action) {
    case 'broker.kill':
      return `Kill broker ${fault.broker}`;
    case 'broker.stop':
      return `Shut broker ${fault.broker} down`;
    case 'broker.restart':
      return `Start broker ${fault.broker} again`;
    case 'zone.loss':
      return `Lose ${rackWords(document, fault.rack)}`;
    case 'zone.return':
      return `Bring ${rackWords(document, fault.rack)} back`;
    case 'controller.loss':
      return 'Lose the active controller';
    case 'leaders.prefer':
      return 'Elect the preferred leaders';
    case 'disk.slow':
    case 'disk.full':
    case 'disk.freed':
      return diskIntervention(fault);
    case 'network.cut':
    case 'network.heal':
    case 'network.delay':
      return networkIntervention(document, fault);
    default:
      return partitionIntervention(document, fault);
  }
}

function diskIntervention(fault: Extract<ClusterDeed, { action: 'disk.slow' | 'disk.full' | 'disk.freed' }>): string {
  const disk = `the disk of broker ${fault.broker}`;
  switch (fault.action) {
    case 'disk.slow':
      return fault.factor === 1 ? `Bring ${disk} back to its usual speed` : `Slow ${disk} ×${fault.factor}`;
    case 'disk.full':
      return `Fill ${disk}`;
    case 'disk.freed':
      return `Free ${disk}`;
  }
}

function networkIntervention(document: PipelineDocument, fault: Extract<ClusterDeed, { between: readonly string[] }>): string {
  const { between, and } = sides(document, fault);
  switch (fault.action) {
    case 'network.cut':
      return `Cut ${between} off from ${and}`;
    case 'network.heal':
      return `Connect ${between} with ${and} again`;
    case 'network.delay':
      return fault.addedMs === 0
        ? `Bring the network between ${between} and ${and} back to its usual latency`
        : `Add ${fault.addedMs} ms to the network between ${between} and ${and}`;
  }
}

function partitionIntervention(document: PipelineDocument, fault: Extract<ClusterDeed, { node: string }>): string {
  const name = nameOf(document, fault.node);
  switch (fault.action) {
    case 'leader.unclean':
      return `Elect an unclean leader of ${name}-${fault.partition}`;
    case 'partition.reassign':
      return `Move ${name}-${fault.partition} to brokers ${listed(fault.replicas.map(String))}`;
    case 'partitions.add':
      return `Add ${fault.count} partition${fault.count === 1 ? '' : 's'} to ${name}`;
  }
}
