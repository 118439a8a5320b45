import { resolve } from 'node:path';
import { findingsText } from '../findingsText.ts';
import { ExitCode, type Io } from '../io.ts';
import { junitOfFindings, junitOfReport } from '../junit.ts';
import { Refusal } from '../refusal.ts';
import { objectivesText } from '../reportText.ts';
import { simulate, type Simulated } from '../simulate.ts';
import { writeText } from '../writeFiles.ts';
import type { RunOptions } from './run.ts';

export interface CheckOptions extends RunOptions {
  readonly junit?: string;
}

/** `check`: simulates, and the exit code says whether every objective holds. A run that a limit ended proves nothing and fails. */
export async function checkCommand(file: string, options: CheckOptions, io: Io): Promise<ExitCode> {
  const { junit } = options;
  const writeJunit = async (text: string) => {
    if (junit !== undefined) await writeText(resolve(io.workingFolder, junit), text, junit);
  };
  let simulated: Simulated;
  try {
    simulated = await simulate(file, options, io);
  } catch (error) {
    if (error instanceof Refusal) await writeJunit(junitOfFindings(file, error.findings));
    throw error;
  }
  const { report, findings, interrupted } = simulated;
  io.err(findingsText(findings));
  await writeJunit(junitOfReport(report));
  io.out(options.json === true ? `${JSON.stringify(report, null, 2)}\n` : objectivesText(report).trimStart());
  if (report.objectives.length === 0) {
    io.err(
      'warning: The pipeline has no objectives, so there is nothing to check.\n  Add some in the scenario, for example: lag in seconds of a node, max, <= 5.\n',
    );
  }
  if (interrupted) return ExitCode.interrupted;
  if (report.outcome === 'bounded') {
    io.err(
      `error: The run was ended by a limit before its end: ${report.boundReached ?? ''}.\n  Shorten it with --until, or lower its rates.\n`,
    );
    return ExitCode.objectiveFailed;
  }
  return report.objectives.every((objective) => objective.pass) ? ExitCode.ok : ExitCode.objectiveFailed;
}
