/** Stream processing put together in a run. */
import { base64Text, utf8Bytes } from '../../../sql/types/bytes.ts';
import type { StreamsProgram } from '../../streams/program.ts';
import { createStreams, createStreamsNode, type StreamsState } from '../../streams/state.ts';
import { TaskRun } from '../../streams/taskRun.ts';
import type { ValueReader } from '../../values/reader.ts';
import { recordHeaders } from '../../workload/headers.ts';
import { rootsOf } from '../roots.ts';
import type { Topology, TopologyStreams } from '../topology.ts';

/** What a run begins with; empty without stream processors. */
export function createRunStreams({ nodes }: Topology, seed: number): StreamsState {
  const streams = createStreams();
  const roots = rootsOf(nodes);
  if (!roots.some(({ kind }) => kind === 'results')) return streams;
  for (const { index, node } of nodes) {
    const resultsPath = roots.findIndex((root) => root.node === index && root.kind === 'results');
    streams.nodes.push(resultsPath < 0 ? null : createStreamsNode({ node: index, nodeId: node.id, resultsPath, seed }));
  }
  return streams;
}

/** A node's program: its layout, with what reads the values of the run. */
export function streamsProgram({ nodes }: Topology, { layout }: TopologyStreams, reader: ValueReader): StreamsProgram {
  const headers = rootsOf(nodes).map(({ node, kind }) =>
    kind === 'producer'
      ? recordHeaders(nodes[node]!.settings).map(({ name, value }) => ({ key: name, value: base64Text(utf8Bytes(value)) }))
      : [],
  );
  return { layout, reader, run: new TaskRun(), headers };
}
