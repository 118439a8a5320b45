/** For tests: what is said of the lag of a run, in short. */
import type { Config, Fault, PipelineDocument } from '../../../pipeline/document.ts';
import type { LagCause, LagCauseKind, LagReport } from '../../report/lagReport.ts';
import type { Run } from '../../run/build.ts';
import { runTo, simple, start } from '../../run/harness.ts';
import { reportOf } from '../../run/views/report.ts';

/** 1,000 records a second with a thousand keys, on `partitions`, read by `sink`. */
export function design(options: {
  readonly sink?: Config;
  readonly source?: Config;
  readonly topic?: Config;
  readonly cluster?: Config;
  readonly faults?: readonly Fault[];
  readonly seed?: number;
}): PipelineDocument {
  const { sink = {}, source = {}, topic = {}, cluster = {}, faults = [], seed = 1 } = options;
  return simple({
    seconds: 120,
    seed,
    source: { 'key.shape': 'uniform', 'workload.rate': 1000, ...source },
    topic: { partitions: 2, ...topic },
    sink: { instances: 2, 'service.time.ms': 0.5, ...sink },
    cluster,
    faults,
  });
}

export const lagOf = (run: Run, group = 0): LagReport => reportOf(run).groups[group]!.lag;
export const lagAt = (document: PipelineDocument, seconds: number, group = 0): LagReport =>
  lagOf(runTo(start(document), seconds * 1000), group);
export const kindsOf = ({ causes }: LagReport): LagCauseKind[] => causes.map(({ kind }) => kind);
export const causeOf = (report: LagReport, kind: LagCauseKind): LagCause => {
  const cause = report.causes.find((candidate) => candidate.kind === kind);
  if (cause === undefined) throw new Error(`no cause ${kind} among: ${kindsOf(report).join(', ') || 'none'}; ${report.noCause ?? ''}`);
  return cause;
};
export const figureOf = ({ figures }: LagCause, name: string): number => {
  const found = figures.find((figure) => figure.name === name);
  if (found === undefined) throw new Error(`no figure ${name} among: ${figures.map((figure) => figure.name).join(', ')}`);
  return found.value;
};
