/**
 * The same document, seeds and faults under each delivery guarantee, side by side. What a sink should have got is what it got under any of them; records too young to have come through when a
 * run ends are left out.
 */
import type { PipelineDocument } from '../../../pipeline/document.ts';
import type { Finding } from '../../../pipeline/finding.ts';
import { type Guarantee, guarantees } from '../../../pipeline/guaranteeNames.ts';
import { settleAll } from '../../metrics/observe.ts';
import type { GuaranteeMatrix, GuaranteeRow } from '../../report/guaranteeMatrix.ts';
import type { Report } from '../../report/report.ts';
import { advance } from '../advance.ts';
import { createRun, type Run } from '../build.ts';
import { createDeliveryCounts, type DeliveryCounts, type SinkCounts } from './deliveryCounts.ts';
import { reportOf } from '../views/report.ts';
import { compile, type Gzip, type Topology } from '../topology.ts';

/** One run of the matrix, finished or not begun. */
interface Cell {
  readonly guarantee: Guarantee;
  readonly seed: number;
  readonly topology: Topology;
  counts: DeliveryCounts | null;
  report: Report | null;
}

/** A matrix being made: `advanceMatrix` until it is done. Not part of a run's state. */
export interface MatrixWork {
  readonly cells: Cell[];
  readonly seeds: readonly number[];
  /** Of the cell in progress. */
  run: Run | null;
  next: number;
}

/** Records younger than this when a run ends may be on their way, µs. */
const youngUs = 5_000_000;

/** Compiles the document under every guarantee; the findings of the first it does not run under, and no work then. */
export function startMatrix(
  document: PipelineDocument,
  options: { readonly seeds: readonly number[]; readonly gzip?: Gzip | null },
): { readonly work: MatrixWork | null; readonly findings: readonly Finding[] } {
  const cells: Cell[] = [];
  for (const guarantee of guarantees) {
    const { topology, findings } = compile({ ...document, guarantee }, { gzip: options.gzip ?? null });
    if (topology === null) return { work: null, findings };
    for (const seed of options.seeds) cells.push({ guarantee, seed, topology, counts: null, report: null });
  }
  return { work: { cells, seeds: options.seeds, run: null, next: 0 }, findings: [] };
}

/** Goes on for about so many events; true when all runs have ended. */
export function advanceMatrix(work: MatrixWork, maxEvents: number): boolean {
  const cell = work.cells[work.next];
  if (cell === undefined) return true;
  if (work.run === null) {
    cell.counts = createDeliveryCounts();
    work.run = createRun(cell.topology, { seed: cell.seed, watcher: cell.counts.watcher });
    cell.counts.ctx = work.run.ctx;
  }
  const outcome = advance(work.run, { untilUs: work.run.ctx.plan.durationUs, maxEvents });
  if (outcome.kind === 'waiting') throw new Error('guarantee matrix: a block is not in memory, and nothing was evicted');
  if (outcome.kind === 'events') return false;
  settleAll(work.run.ctx);
  cell.report = reportOf(work.run);
  cell.counts!.ctx = null;
  work.run = null;
  work.next++;
  return work.next === work.cells.length;
}

/** How much of the matrix is done, 0 to 1. */
export function matrixProgress({ cells, next, run }: MatrixWork): number {
  const part = run === null ? 0 : run.ctx.events.nowUs / Math.max(1, run.ctx.plan.durationUs);
  return (next + part) / cells.length;
}

/** The finished matrix. */
export function matrixOf(work: MatrixWork): GuaranteeMatrix {
  if (work.next < work.cells.length) throw new Error('guarantee matrix: not every run has ended');
  const { topology } = work.cells[0]!;
  const { document } = topology;
  const sinks = arrivals(topology).map((node) => ({ id: document.nodes[node]!.id, name: document.nodes[node]!.name, node }));
  const rows = sinks.flatMap(({ id, name, node }) =>
    guarantees.map((guarantee) => {
      const bySeed = work.seeds.map((seed) => seedFigures(work, node, guarantee, seed));
      return rowOf({ node: id, name, guarantee }, bySeed);
    }),
  );
  return { name: document.name, seeds: work.seeds, durationMs: document.scenario.durationMs, rows };
}

/** Sinks and stream processors that records of a source come to. Behind a stream processor are its results, which are others under each guarantee. */
function arrivals({ nodes }: Topology): number[] {
  if (nodes.every(({ streams }) => streams === null)) return nodes.flatMap(({ node, index }) => (node.kind === 'sink' ? [index] : []));
  const seen = new Set(nodes.flatMap(({ role, outputs }) => (role === 'producer' ? outputs.flat() : [])));
  const found = new Set<number>();
  for (const topic of seen)
    for (const { node, index, role, inputs, outputs, streams } of nodes) {
      if (role === 'topic' || !inputs.includes(topic)) continue;
      if (streams !== null || node.kind === 'sink') found.add(index);
      if (streams === null) for (const next of outputs.flat()) seen.add(next);
    }
  return [...found].sort((a, b) => a - b);
}

interface SeedFigures {
  readonly expected: number;
  readonly once: number;
  readonly duplicated: number;
  readonly extra: number;
  readonly lost: number;
  readonly reordered: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly perSecond: number;
}

function seedFigures(work: MatrixWork, node: number, guarantee: Guarantee, seed: number): SeedFigures {
  const cells = work.cells.filter((cell) => cell.seed === seed);
  const cell = cells.find((candidate) => candidate.guarantee === guarantee)!;
  const report = cell.report!;
  const mine = sinkOf(cell, node);
  const lagUs = Math.max(0, ...report.groups.map(({ lagSeconds }) => lagSeconds)) * 1e6;
  const cutUs = report.virtualTimeMs * 1000 - lagUs - youngUs;
  const found = { expected: 0, once: 0, duplicated: 0, extra: 0, lost: 0 };
  const all = cells.map((one) => sinkOf(one, node));
  const sources = Math.max(0, ...all.map((sink) => sink?.times.length ?? 0));
  for (let source = 0; source < sources; source++) {
    const records = Math.max(0, ...all.map((sink) => sink?.times[source]?.length ?? 0));
    for (let sequence = 0; sequence < records; sequence++) {
      const by = all.find((sink) => (sink?.times[source]?.[sequence] ?? 0) > 0);
      if (by === undefined || by.madeUs[source]![sequence]! > cutUs) continue;
      const times = mine?.times[source]?.[sequence] ?? 0;
      found.expected++;
      if (times === 0) found.lost++;
      else if (times === 1) found.once++;
      else {
        found.duplicated++;
        found.extra += times - 1;
      }
    }
  }
  const { endToEnd, ratePerSecondMean } = report.nodes[node]!;
  return {
    ...found,
    reordered: mine?.reordered ?? 0,
    p50Ms: endToEnd?.p50Ms ?? null,
    p99Ms: endToEnd?.p99Ms ?? null,
    perSecond: ratePerSecondMean,
  };
}

const sinkOf = ({ counts }: Cell, node: number): SinkCounts | undefined => counts!.sinks.find((sink) => sink.node === node);

function rowOf(head: Pick<GuaranteeRow, 'node' | 'name' | 'guarantee'>, bySeed: readonly SeedFigures[]): GuaranteeRow {
  const sum = (of: (figures: SeedFigures) => number): number => bySeed.reduce((total, figures) => total + of(figures), 0);
  const worst = (of: (figures: SeedFigures) => number | null): number | null => {
    const known = bySeed.map(of).filter((value) => value !== null);
    return known.length === 0 ? null : Math.max(...known);
  };
  const counts = {
    expected: sum(({ expected }) => expected),
    once: sum(({ once }) => once),
    duplicated: sum(({ duplicated }) => duplicated),
    extraDeliveries: sum(({ extra }) => extra),
    lost: sum(({ lost }) => lost),
    reordered: sum(({ reordered }) => reordered),
  };
  return {
    ...head,
    ...counts,
    p50Ms: worst(({ p50Ms }) => p50Ms),
    p99Ms: worst(({ p99Ms }) => p99Ms),
    perSecond: sum(({ perSecond }) => perSecond) / bySeed.length,
    verdict: verdictOf(counts),
  };
}

function verdictOf({
  expected,
  duplicated,
  lost,
  reordered,
}: Pick<GuaranteeRow, 'expected' | 'duplicated' | 'lost' | 'reordered'>): string {
  if (expected === 0) return 'nothing came through';
  const words = [...(lost > 0 ? ['loses'] : []), ...(duplicated > 0 ? ['repeats'] : []), ...(reordered > 0 ? ['reorders'] : [])];
  return words.length === 0 ? 'each once, in order' : words.join(', ');
}
