/** Runs a document to its end, in slices, so that progress shows and an interrupt is heard. */
import { advance, compile, createRun, reportOf, type Report } from '../engine/index.ts';
import type { Finding } from '../pipeline/index.ts';
import { formatDuration } from './format.ts';
import type { Io } from './io.ts';
import { findingsOfFile, loadDocument } from './load.ts';
import { parseDurationMs, parseSeed } from './options.ts';
import { Refusal } from './refusal.ts';

/** Options that `run` and `check` share, as commander gives them. */
export interface SimulationOptions {
  readonly seed?: string;
  readonly until?: string;
  readonly set?: readonly string[];
}

export interface Simulated {
  readonly report: Report;
  /** Warnings and infos about the document. */
  readonly findings: readonly Finding[];
  /** Stopped by a person before its end. */
  readonly interrupted: boolean;
}

const eventsASlice = 50_000;

/** Throws Refusal when the document cannot run or an option makes no sense. */
export async function simulate(file: string, options: SimulationOptions, io: Io): Promise<Simulated> {
  const seed = options.seed === undefined ? undefined : parseSeed(options.seed);
  const untilMs = options.until === undefined ? undefined : parseDurationMs(options.until, '--until');
  const { document, findings: openFindings } = await loadDocument(file, options, io);
  const compiled = compile(document);
  const findings = findingsOfFile(file, openFindings, compiled.findings);
  if (compiled.topology === null) throw new Refusal(findings);
  const run = createRun(compiled.topology, seed === undefined ? {} : { seed });
  const untilUs = Math.round((untilMs ?? document.scenario.durationMs) * 1000);
  for (;;) {
    const outcome = advance(run, { untilUs, maxEvents: eventsASlice });
    if (outcome.kind === 'reached' || outcome.kind === 'bounded') break;
    // Without a data folder every block stays in memory, so nothing can be waited for.
    if (outcome.kind === 'waiting')
      throw new Error(`The run waits for block ${outcome.block}, and everything is in memory. This is a bug of ours.`);
    const { nowUs } = run.ctx.events;
    io.progress?.(
      `${Math.floor((100 * nowUs) / untilUs)} %, ${formatDuration(nowUs / 1000)} of ${formatDuration(untilUs / 1000)} virtual time`,
    );
    // Signals and output are served between slices only.
    await new Promise((resume) => setImmediate(resume));
    if (io.interrupt?.aborted === true) break;
  }
  io.progress?.('');
  return { report: reportOf(run), findings, interrupted: io.interrupt?.aborted === true };
}
