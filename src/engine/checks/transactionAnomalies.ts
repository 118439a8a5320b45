import type { Contract } from './contract.ts';
import { addFinding, type Findings } from './findings.ts';
import type { Entry } from './history.ts';
import { entryFacts, type Orders } from './partitionOrder.ts';

const dirtyReads = 'read_uncommitted reads what is not committed yet';

/** Operations that read what they sent themselves: nobody is shown a record before its transaction has ended, its own producer included. */
function findPrecommittedReads(orders: Orders, contract: Contract, findings: Findings): void {
  const reason = contract.isolation === 'read_committed' ? null : dirtyReads;
  orders.history.forEach((operation, index) => {
    if (operation.kind !== 'records' || operation.sends.length === 0) return;
    const own = operation.reads.find((entry) => entryFacts(orders, entry)?.writer === index);
    if (own === undefined) return;
    addFinding(findings, 'precommitted-read', reason, () => ({
      partition: own.partition,
      operations: [index],
      records: [own.record],
      sentence: `operation ${index} read record ${own.record} of ${own.partition} that it sent itself and had not committed yet`,
    }));
  });
}

/** From a transaction to one that read what it wrote. */
interface ReadEdge {
  readonly to: number;
  readonly entry: Entry;
}

/** Who read from whom, of operations that did not fail and both read and send: no other can be in a circle. */
function readEdges(orders: Orders): Map<number, ReadEdge[]> {
  const edges = new Map<number, ReadEdge[]>();
  const { history } = orders;
  for (let index = 0; index < history.length; index++) {
    const operation = history[index];
    if (operation.kind === 'records' && operation.outcome !== 'fail' && operation.sends.length > 0 && operation.reads.length > 0) {
      edges.set(index, []);
    }
  }
  for (const to of edges.keys()) {
    const operation = history[to];
    if (operation.kind !== 'records') continue;
    for (const entry of operation.reads) {
      const writer = entryFacts(orders, entry)?.writer ?? -1;
      if (writer !== to) edges.get(writer)?.push({ to, entry });
    }
  }
  return edges;
}

/** Peels off what cannot be in a circle, from the writers' end: what nobody left writes to. */
function keepCircles(edges: Map<number, ReadEdge[]>): Map<number, ReadEdge[]> {
  const sourcesCount = new Map<number, number>();
  for (const list of edges.values()) for (const { to } of list) sourcesCount.set(to, (sourcesCount.get(to) ?? 0) + 1);
  const free = [...edges.keys()].filter((node) => !sourcesCount.has(node));
  const kept = new Map(edges);
  for (let node = free.pop(); node !== undefined; node = free.pop()) {
    for (const { to } of edges.get(node) ?? []) {
      const left = (sourcesCount.get(to) ?? 0) - 1;
      sourcesCount.set(to, left);
      if (left === 0) free.push(to);
    }
    kept.delete(node);
  }
  return kept;
}

/** The circle that a walk against the edges from `start` runs into, in the direction of the edges; null when it meets what was walked before. */
function walkBack(sources: ReadonlyMap<number, { from: number; entry: Entry }>, start: number, walked: Set<number>) {
  const path: { from: number; to: number; entry: Entry }[] = [];
  const stepOf = new Map<number, number>();
  let node = start;
  while (!stepOf.has(node)) {
    if (walked.has(node)) return null;
    const source = sources.get(node);
    if (source === undefined) return null;
    walked.add(node);
    stepOf.set(node, path.length);
    path.push({ from: source.from, to: node, entry: source.entry });
    node = source.from;
  }
  return path.slice(stepOf.get(node)).reverse();
}

/**
 * Circles of transactions each of which read what the one before wrote (Adya's G1c over reads alone): with commits that take effect at once none of
 * them can have been first. What remains after peeling has a writer for every node, so a walk to a writer of each always ends in a circle; one
 * circle is named for every place where such walks end. (A circle that hangs on another one may go unnamed.)
 */
function findCircles(orders: Orders, contract: Contract, findings: Findings): void {
  const kept = keepCircles(readEdges(orders));
  const sources = new Map<number, { from: number; entry: Entry }>();
  for (const [from, list] of kept) for (const { to, entry } of list) if (kept.has(to) && !sources.has(to)) sources.set(to, { from, entry });
  const walked = new Set<number>();
  for (const start of kept.keys()) {
    const circle = walkBack(sources, start, walked);
    if (circle === null) continue;
    const reason = contract.isolation === 'read_committed' ? null : dirtyReads;
    addFinding(findings, 'G1c', reason, () => ({
      partition: circle[0].entry.partition,
      operations: circle.map(({ from }) => from),
      records: circle.map(({ entry }) => entry.record),
      sentence: circle
        .map(({ from, to, entry }) => `operation ${to} read record ${entry.record} of ${entry.partition} from operation ${from}`)
        .join(', and '),
    }));
  }
}

/** What transactions saw of each other. */
export function findTransactionAnomalies(orders: Orders, contract: Contract, findings: Findings): void {
  findPrecommittedReads(orders, contract, findings);
  findCircles(orders, contract, findings);
}
