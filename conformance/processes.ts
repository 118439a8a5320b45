/** Sharing what takes long among the processors: the part of the work that other processes do while this one does its own. */
import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Share, SuiteOutcome } from './suite.ts';

/** A process at work on its share. */
export interface Helper {
  /** Prints what it has said, and gives its outcomes once it has ended. */
  readonly outcomes: () => Promise<SuiteOutcome[]>;
}

/** How many processes share the work. */
export const processCount = (): number => Math.min(4, availableParallelism());

/**
 * Starts this program again for one share. What it says goes to a file, since a pipe would fill up while this process is busy and nobody reads it.
 * `parameters`: those this process was given.
 */
export function startHelper(parameters: readonly string[], share: Share): Helper {
  const folder = mkdtempSync(join(tmpdir(), 'logjam-conformance-'));
  const said = join(folder, 'said.txt');
  const result = join(folder, 'outcomes.json');
  const output = openSync(said, 'w');
  const program = [...process.execArgv, process.argv[1]!, ...parameters, '--share', `${share.index}/${share.of}`, '--outcomes', result];
  const child = spawn(process.execPath, program, { stdio: ['ignore', output, output] });
  const ended = new Promise<number | null>((settle) => child.once('exit', settle).once('error', () => settle(null)));
  closeSync(output);
  return {
    async outcomes() {
      const status = await ended;
      const text = readFileSync(said, 'utf8');
      process.stdout.write(text);
      try {
        return JSON.parse(readFileSync(result, 'utf8')) as SuiteOutcome[];
      } catch {
        const failure = `the process for share ${share.index + 1} of ${share.of} ended with status ${status} and left no outcomes`;
        return [{ file: `share ${share.index + 1}`, passed: 0, skipped: [], failures: [failure] }];
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}

/** Outcomes of the same file as one, in the order of their first appearance. */
export function joinOutcomes(outcomes: readonly SuiteOutcome[]): SuiteOutcome[] {
  const joined = new Map<string, SuiteOutcome>();
  for (const outcome of outcomes) {
    const before = joined.get(outcome.file);
    const { file } = outcome;
    joined.set(
      file,
      before === undefined
        ? outcome
        : {
            file,
            passed: before.passed + outcome.passed,
            skipped: [...before.skipped, ...outcome.skipped],
            failures: [...before.failures, ...outcome.failures],
          },
    );
  }
  return [...joined.values()];
}
