/** For tests and the soak: how long a schedule of groups may take until everything is read, by its own numbers. */
import type { PipelineDocument, PipelineNode } from '../../../pipeline/document.ts';

/** Requests that follow one another for each poll: fetch and commit; in a transaction fetch, AddPartitionsToTxn, Produce, AddOffsetsToTxn, TxnOffsetCommit, EndTxn and its markers. */
const requestsOfPoll = { plain: 2, transactional: 7 } as const;
/** Of a request that writes: there and back, and until followers have copied it and a second fetch of theirs has said so. */
const roundTripsOfRequest = 3;
/** About what key, headers and the batch around it add to a record that travels in a batch of its own. */
const overheadBytes = 100;
/** When all members are back, the session of one that is gone runs out first, and the group deals out its partitions. */
const settledMs = 20_000;

const numberOf = ({ config }: PipelineNode, name: string, otherwise: number): number => Number(config[name] ?? otherwise);

/** By when, in ms, every group of a schedule has read everything even if it has done nothing before `fromMs`, one member alone having all of it. A bound: most take a small part of that. */
export function drainedByMs({ nodes, cluster }: PipelineDocument, fromMs: number): number {
  const sources = nodes.filter(({ kind }) => kind === 'producer');
  const records = sources.reduce((sum, source) => sum + numberOf(source, 'workload.records', 0), 0);
  const recordBytes = overheadBytes + Math.max(...sources.map((source) => numberOf(source, 'value.size.bytes', 100)));
  const requestMs = roundTripsOfRequest * 2 * Number(cluster.config['network.latency.ms'] ?? 0);
  const readMs = (node: PipelineNode): number => {
    const ofFetch = Math.floor(numberOf(node, 'max.partition.fetch.bytes', Infinity) / recordBytes);
    const ofPoll = Math.max(1, Math.min(numberOf(node, 'max.poll.records', 500), ofFetch));
    const requests = requestsOfPoll[node.config['processing.guarantee'] === 'exactly_once_v2' ? 'transactional' : 'plain'];
    // A failed attempt is made again after a wait that doubles.
    const rate = numberOf(node, 'error.rate', 0);
    const serviceMs = numberOf(node, 'service.time.ms', 0) / (1 - rate) + (rate * numberOf(node, 'error.backoff.ms', 0)) / (1 - 2 * rate);
    return records * serviceMs + Math.ceil(records / ofPoll) * requests * requestMs;
  };
  const readers = nodes.filter(({ kind }) => kind !== 'producer' && kind !== 'topic');
  return Math.ceil(fromMs + settledMs + readers.reduce((sum, node) => sum + readMs(node), 0));
}
