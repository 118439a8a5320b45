/** For tests: small pipelines in words, and runs of them. */
import type { Config, Fault, Objective, PipelineDocument, PipelineNode } from '../../pipeline/document.ts';
import { configDefinition, type NodeKind } from '../../pipeline/kinds/index.ts';
import type { LedgerReport, NodeReport } from '../report/report.ts';
import type { RecordProbe } from '../process/context.ts';
import { advance } from './advance.ts';
import { createRun, type Run, type RunOptions } from './build.ts';
import { reportOf } from './views/report.ts';
import { compile, type Topology } from './topology.ts';

/** Brokers at which nothing takes time. */
export const freeCluster: Config = {
  brokers: 1,
  'network.latency.ms': 0,
  'network.bytes.per.second': 0,
  'disk.bytes.per.second': 0,
  'request.handler.ms': 0,
  'group.initial.rebalance.delay.ms': 0,
};

/** One record every ms, 100 bytes each, sent at once. */
const evenSource: Config = { 'workload.rate': 1000, 'key.shape': 'none', 'value.size.bytes': 100, 'linger.ms': 0 };
const earlyReader: Config = { 'auto.offset.reset': 'earliest', 'commit.mode': 'after-processing' };

export interface Sketch {
  /** Nodes by name: kind, configs on top of the ones above, the names of the nodes its records go to, and those to which its ports lead. */
  readonly nodes: Readonly<
    Record<
      string,
      {
        readonly kind: NodeKind;
        readonly config?: Config;
        readonly to?: readonly string[];
        readonly ports?: Readonly<Record<string, string>>;
      }
    >
  >;
  readonly cluster?: Config;
  readonly faults?: readonly Fault[];
  readonly objectives?: readonly Objective[];
  readonly seconds?: number;
  readonly seed?: number;
}

/** Without what the kind does not know. */
const ofKind = (kind: NodeKind, config: Config): Config =>
  Object.fromEntries(Object.entries(config).filter(([name]) => configDefinition(kind, name) !== undefined));

/** A document of a sketch; ids are the names. */
export function documentOf(sketch: Sketch): PipelineDocument {
  const entries = Object.entries(sketch.nodes);
  const nodes = entries.map(([id, { kind, config = {} }]): PipelineNode => {
    const base = kind === 'producer' ? evenSource : kind === 'topic' ? {} : earlyReader;
    return {
      id,
      kind,
      name: id,
      config: { ...ofKind(kind, { ...base, ...(kind !== 'producer' && kind !== 'topic' && { 'linger.ms': 0 }) }), ...config },
    };
  });
  return {
    format: 'logjam/pipeline',
    version: 1,
    name: 'sketch',
    description: '',
    nodes,
    edges: entries.flatMap(([id, { to = [], ports = {} }]) => [
      ...to.map((target) => ({ id: `${id}-${target}`, source: id, target })),
      ...Object.entries(ports).map(([sourcePort, target]) => ({ id: `${id}-${sourcePort}-${target}`, source: id, target, sourcePort })),
    ]),
    cluster: { config: { ...freeCluster, ...sketch.cluster } },
    scenario: {
      seed: sketch.seed ?? 1,
      durationMs: (sketch.seconds ?? 10) * 1000,
      faults: sketch.faults ?? [],
      objectives: sketch.objectives ?? [],
    },
    layout: { positions: [] },
  };
}

/** source → topic → sink. */
export function simple(options: { source?: Config; topic?: Config; sink?: Config } & Omit<Sketch, 'nodes'> = {}): PipelineDocument {
  const { source = {}, topic = {}, sink = {}, ...rest } = options;
  return documentOf({
    ...rest,
    nodes: {
      source: { kind: 'producer', config: source, to: ['topic'] },
      topic: { kind: 'topic', config: topic, to: ['sink'] },
      sink: { kind: 'sink', config: sink },
    },
  });
}

/** Compiles; findings that keep it from running become an exception. */
export function topologyOf(document: PipelineDocument): Topology {
  const { topology, findings } = compile(document);
  if (topology === null) throw new Error(findings.map((finding) => `${finding.path}: ${finding.message}`).join('\n'));
  return topology;
}

export function start(document: PipelineDocument, options: RunOptions = {}): Run {
  return createRun(topologyOf(document), options);
}

/** Advances to a moment of virtual time. */
export function runTo(run: Run, ms: number): Run {
  const outcome = advance(run, { untilUs: Math.round(ms * 1000), maxEvents: Infinity });
  if (outcome.kind !== 'reached') throw new Error(`the run stopped: ${outcome.kind}`);
  return run;
}

/** A run of the document to its end. */
export const finished = (document: PipelineDocument): Run => runTo(start(document), document.scenario.durationMs);

export const nodeOf = (run: Run, id: string): NodeReport => reportOf(run).nodes.find((node) => node.node === id)!;
export const pathOf = (run: Run, id: string): LedgerReport['paths'][number] => reportOf(run).ledger.paths.find((path) => path.node === id)!;
export const lagOf = (run: Run, group = 0): number => reportOf(run).groups[group]!.lagRecords;

/** What one probe of a node collected, in ms. */
export interface Served {
  readonly sentMs: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly originMs: number;
}

/** A probe of one node of a document, and the list it fills. */
export function collect(document: PipelineDocument, id: string): { readonly probe: RecordProbe; readonly served: Served[] } {
  const served: Served[] = [];
  const node = document.nodes.findIndex((candidate) => candidate.id === id);
  const probe: RecordProbe = {
    node,
    record: (sentUs, startUs, endUs, originUs) =>
      served.push({ sentMs: sentUs / 1000, startMs: startUs / 1000, endMs: endUs / 1000, originMs: originUs / 1000 }),
  };
  return { probe, served };
}
