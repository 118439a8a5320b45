/** Planned faults of brokers, racks and the network: whether what they name exists. */
import type { ClusterFault } from '../document.ts';
import { nearestName } from '../nearest.ts';
import { racksOf } from '../racks.ts';
import type { RuleContext, Words } from './rule.ts';
import { counted, roleOf } from './rule.ts';

/** What is wrong with a broker's index, or null. */
export function unknownBroker(context: RuleContext, broker: number, action: string): Words | null {
  const brokers = Number(context.cluster['brokers']);
  if (!(broker >= brokers)) return null;
  const message = `${action} names broker ${broker}, but the cluster has ${counted(brokers, 'broker')}, counted from 0.`;
  return { severity: 'error', code: 'fault.unknown-broker', message, remedy: `Name a broker from 0 to ${brokers - 1}, or add brokers.` };
}

function rackWords(context: RuleContext, fault: Extract<ClusterFault, { rack: string }>): readonly Words[] {
  const racks = racksOf(context.cluster);
  if (racks.includes(fault.rack)) return [];
  const nearest = nearestName(fault.rack, racks);
  const message = `${fault.action} names the rack "${fault.rack.slice(0, 100)}", and no broker stands in it.`;
  const known =
    racks.length === 0 ? 'Write the racks into broker.racks of the cluster.' : `Choose one of ${racks.slice(0, 10).join(', ')}.`;
  return [{ severity: 'error', code: 'fault.unknown-rack', message, remedy: nearest === null ? known : `Did you mean ${nearest}?` }];
}

function endpointWords(context: RuleContext, action: string, end: string): Words | null {
  if (end.startsWith('broker:')) return unknownBroker(context, Number(end.slice('broker:'.length)), action);
  if (!end.startsWith('node:')) return null;
  const id = end.slice('node:'.length);
  const node = context.nodes.get(id);
  if (node !== undefined && roleOf(node) !== 'topic') return null;
  const what = node === undefined ? 'which does not exist' : 'a topic, which has no network of its own';
  const message = `${action} names the node "${id}", ${what}.`;
  return { severity: 'error', code: 'fault.unknown-endpoint', message, remedy: 'Name a producer, a processor, a sink, or brokers.' };
}

function networkWords(context: RuleContext, fault: Extract<ClusterFault, { between: readonly string[] }>): readonly Words[] {
  const seen = new Set<string>();
  for (const end of [...fault.between, ...fault.and]) {
    const problem = endpointWords(context, fault.action, end);
    if (problem !== null) return [problem];
    if (seen.has(end)) {
      const message = `${fault.action} names ${end} twice: nobody can be cut off from themselves.`;
      return [{ severity: 'error', code: 'fault.same-endpoint', message, remedy: 'Name everybody once, on one side.' }];
    }
    seen.add(end);
  }
  return [];
}

/** What can be said of a fault of the cluster without running it. */
export function clusterFaultWords(context: RuleContext, fault: ClusterFault): readonly Words[] {
  switch (fault.action) {
    case 'broker.kill':
    case 'broker.stop':
    case 'broker.restart':
    case 'disk.slow':
    case 'disk.full':
    case 'disk.freed': {
      const problem = unknownBroker(context, fault.broker, fault.action);
      return problem === null ? [] : [problem];
    }
    case 'zone.loss':
    case 'zone.return':
      return rackWords(context, fault);
    case 'network.cut':
    case 'network.heal':
    case 'network.delay':
      return networkWords(context, fault);
    case 'controller.loss': {
      const voters = Number(context.cluster['controller.quorum.voters.count']);
      if (voters >= 3) return [];
      const message = `The quorum has ${counted(voters, 'controller')}: with one lost there is no majority, and nobody elects leaders from then on.`;
      return [
        {
          severity: 'warning',
          code: 'fault.no-quorum',
          message,
          remedy: 'Set controller.quorum.voters.count to 3 or 5, unless you mean to show this.',
        },
      ];
    }
    case 'leaders.prefer':
      return [];
  }
}
