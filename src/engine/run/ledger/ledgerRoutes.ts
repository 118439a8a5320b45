/** Which sinks the records of a node may come to: what the ledger of a run is made for. */
import { createLedger, type LedgerState } from '../../ledger/state.ts';
import { rootsOf } from '../roots.ts';
import type { Topology, TopologyNode } from '../topology.ts';

/** Sinks, and processors that send nothing on: there a record has arrived. So it has in a stream processor, whose results are records of its own. */
function isLast({ group, role, outputs, streams }: TopologyNode): boolean {
  return group >= 0 && (role === 'sink' || streams !== null || outputs.flat().length === 0);
}

/** The ledger of a run at its start. */
export function ledgerFor({ nodes, topics, groupIds, partitionCount }: Topology): LedgerState {
  // What comes again over a retry topic comes to the same end.
  const entriesOf = ({ inputs, outputs, streams }: TopologyNode): readonly number[] => {
    if (streams !== null) return inputs.filter((topic) => !topics[topic]!.isInternal);
    return outputs.flat().some((topic) => inputs.includes(topic)) ? inputs.slice(0, 1) : inputs;
  };
  const sinks = nodes.filter(isLast).flatMap((node) => entriesOf(node).map((topic) => ({ node: node.index, topic })));
  const placeOf = (node: number, topic: number): number => {
    const entries = entriesOf(nodes[node]!);
    const entry = entries.includes(topic) ? topic : entries[0];
    if (topics[topic]!.isInternal) return -1;
    return nodes[node]!.inputs.includes(topic) ? sinks.findIndex((sink) => sink.node === node && sink.topic === entry) : -1;
  };
  /** What a record in one of these topics may come to. */
  const sinksBehind = (from: readonly number[]): number[] => {
    const seen = new Set(from);
    const found = new Set<number>();
    for (const topic of seen)
      for (const node of nodes) {
        if (node.role === 'topic' || !node.inputs.includes(topic)) continue;
        if (isLast(node)) found.add(placeOf(node.index, topic));
        if (node.streams !== null) continue;
        for (const next of node.outputs.flat()) seen.add(next);
      }
    return [...found].sort((a, b) => a - b);
  };
  const sends = ({ role }: TopologyNode): boolean => role !== 'topic';
  const sinksFrom = nodes.map((node) => (sends(node) ? sinksBehind(node.outputs.flat()) : []));
  return createLedger({
    sources: rootsOf(nodes).length,
    sinks,
    sinkAt: nodes.map((node) => (isLast(node) ? topics.map((_, topic) => placeOf(node.index, topic)) : [])),
    sinksFrom,
    sinksBeside: nodes.map((node, index) =>
      node.outputs.map((topicsOfBranch) => {
        const taken = sinksBehind(topicsOfBranch);
        return sinksFrom[index]!.filter((sink) => !taken.includes(sink));
      }),
    ),
    sinksOfGroup: groupIds.map((_, group) =>
      topics.map(({ isInternal }, topic) => {
        if (isInternal) return [];
        const readers = nodes.filter((node) => node.group === group && node.inputs.includes(topic));
        return [...new Set(readers.flatMap((node) => (isLast(node) ? [placeOf(node.index, topic)] : sinksFrom[node.index]!)))];
      }),
    ),
    remakes: nodes.map(({ streams }) => streams !== null),
    nodeOfGroup: groupIds.map((_, group) => nodes.findIndex((node) => node.group === group)),
    partitions: partitionCount,
  });
}
