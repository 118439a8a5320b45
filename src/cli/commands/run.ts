import { findingsText } from '../findingsText.ts';
import { ExitCode, type Io } from '../io.ts';
import { reportText } from '../reportText.ts';
import { simulate, type SimulationOptions } from '../simulate.ts';

export interface RunOptions extends SimulationOptions {
  readonly json?: boolean;
}

/** `run`: simulates and prints the report. Objectives that fail are told, and are no failure of the command: that is `check`. */
export async function runCommand(file: string, options: RunOptions, io: Io): Promise<ExitCode> {
  const { report, findings, interrupted } = await simulate(file, options, io);
  io.err(findingsText(findings));
  io.out(options.json === true ? `${JSON.stringify(report, null, 2)}\n` : reportText(report));
  return interrupted ? ExitCode.interrupted : ExitCode.ok;
}
