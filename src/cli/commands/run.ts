import { dumpAskedFor } from '../dumpPartition.ts';
import { findingsText } from '../findingsText.ts';
import { ExitCode, type Io } from '../io.ts';
import { reportText } from '../reportText.ts';
import { simulate, type SimulationOptions } from '../simulate.ts';
import { answerText } from '../tableQuery.ts';

export interface RunOptions extends SimulationOptions {
  readonly json?: boolean;
  readonly dumpPartition?: string;
  readonly to?: string;
}

/** `run`: simulates and prints the report. Objectives that fail are told, and are no failure of the command: that is `check`. */
export async function runCommand(file: string, options: RunOptions, io: Io): Promise<ExitCode> {
  const { report, findings, interrupted, notes, answer } = await simulate(file, options, io, dumpAskedFor(options));
  io.err(findingsText(findings) + notes.map((note) => `info: ${note}\n`).join(''));
  const told = answer === null ? report : { ...report, answer };
  io.out(options.json === true ? `${JSON.stringify(told, null, 2)}\n` : reportText(report) + answerText(options.query, answer));
  return interrupted ? ExitCode.interrupted : ExitCode.ok;
}
