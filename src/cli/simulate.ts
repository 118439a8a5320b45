/** Runs a document to its end, in slices, so that progress shows and an interrupt is heard. */
import { advance, compile, createRun, reportOf, type Report, type Run, type TableAnswer } from '../engine/index.ts';
import type { Finding } from '../pipeline/index.ts';
import {
  bringBack,
  endRebuilding,
  eventsLeft,
  finishKeeping,
  keepBlocks,
  openDataFolder,
  startOrResume,
  storedBlock,
  type DataFolder,
  type RunToKeep,
} from './dataFolder.ts';
import { dumpPartition, partitionNumber, type PartitionDump } from './dumpPartition.ts';
import { formatDuration } from './format.ts';
import { gzip } from './gzip.ts';
import type { Io } from './io.ts';
import { findingsOfFile, loadDocument } from './load.ts';
import { parseDurationMs, parseSeed } from './options.ts';
import { Refusal, refusal } from './refusal.ts';
import { queryAskedFor } from './tableQuery.ts';

/** Options that `run` and `check` share, as commander gives them. */
export interface SimulationOptions {
  readonly seed?: string;
  readonly until?: string;
  readonly data?: string;
  readonly set?: readonly string[];
  readonly rebuild?: boolean;
  /** A pull query that the run is asked at its end. */
  readonly query?: string;
}

export interface Simulated {
  readonly report: Report;
  /** Warnings and infos about the document. */
  readonly findings: readonly Finding[];
  /** Stopped by a person before its end. */
  readonly interrupted: boolean;
  /** What whoever uses the dumped partition must know; empty without one. */
  readonly notes: readonly string[];
  /** What `query` was answered; null where nothing was asked. */
  readonly answer: TableAnswer | null;
}

const eventsASlice = 50_000;

type RunIo = Pick<Io, 'err' | 'progress' | 'interrupt'>;

/** Throws Refusal when the document cannot run or an option makes no sense. With `dump` the partition's files are written when the run has ended. */
export async function simulate(file: string, options: SimulationOptions, io: Io, dump: PartitionDump | null = null): Promise<Simulated> {
  const seed = options.seed === undefined ? undefined : parseSeed(options.seed);
  const untilMs = options.until === undefined ? undefined : parseDurationMs(options.until, '--until');
  const { document, findings: openFindings } = await loadDocument(file, options, io);
  const compiled = compile(document, { gzip });
  const findings = findingsOfFile(file, openFindings, compiled.findings);
  if (compiled.topology === null) throw new Refusal(findings);
  const wanted: RunToKeep = {
    topology: compiled.topology,
    seed: seed ?? document.scenario.seed,
    untilUs: Math.round((untilMs ?? document.scenario.durationMs) * 1000),
    rebuild: options.rebuild === true,
  };
  if (wanted.rebuild && options.data === undefined) {
    throw refusal('option.needs-data', '--rebuild is about a stored run, and no folder is given.', 'Add --data <folder>.');
  }
  const data = options.data === undefined ? null : await openDataFolder(options.data, file, io);
  const run = data === null ? createRun(wanted.topology, { seed: wanted.seed }) : await startOrResume(data, wanted, io);
  // Found out before a long run, not after it.
  if (dump !== null) partitionNumber(run, dump.partition);
  const ask = options.query === undefined ? null : queryAskedFor(run, options.query);
  await runToEnd(run, wanted.untilUs, data, io);
  io.progress?.('');
  const report = reportOf(run);
  const notes = dump === null ? [] : await dumpPartition(run, dump, (partition, block) => blockOf(data, { partition, block }), io);
  if (data !== null) await finishKeeping(data, run, wanted);
  return { report, findings, interrupted: io.interrupt?.aborted === true, notes, answer: ask && ask(run) };
}

function blockOf(data: DataFolder | null, key: Parameters<typeof storedBlock>[1]): Promise<ArrayBuffer> {
  if (data === null) throw new Error(`Block ${key.block} is not in memory, and everything is. This is a bug of ours.`);
  return storedBlock(data, key);
}

/** Slice after slice, until the time is reached, a limit is, or somebody interrupts. */
export async function runToEnd(run: Run, untilUs: number, data: DataFolder | null, io: RunIo): Promise<void> {
  for (;;) {
    const goal = data?.rebuilding ?? null;
    const maxEvents = goal === null ? eventsASlice : Math.min(eventsASlice, eventsLeft(data!, run));
    const outcome = advance(run, { untilUs: goal?.timeUs ?? untilUs, maxEvents });
    if (goal !== null && outcome.kind !== 'waiting' && (outcome.kind !== 'events' || maxEvents === 0)) {
      endRebuilding(data!, run, io);
      if (outcome.kind !== 'bounded') continue;
    }
    if (outcome.kind === 'reached' || outcome.kind === 'bounded') return;
    if (outcome.kind === 'waiting') {
      // Without a data folder every block stays in memory, so nothing can be waited for.
      if (data === null) throw new Error(`The run waits for block ${outcome.block}, and everything is in memory. This is a bug of ours.`);
      await bringBack(data, run, outcome);
      continue;
    }
    if (data !== null) await keepBlocks(data, run);
    const { nowUs } = run.ctx.events;
    const percent = Math.floor((100 * nowUs) / untilUs);
    io.progress?.(`${percent} %, ${formatDuration(nowUs / 1000)} of ${formatDuration(untilUs / 1000)} virtual time`);
    // Signals and output are served between slices only.
    await new Promise((resume) => setImmediate(resume));
    if (io.interrupt?.aborted === true) return;
  }
}
