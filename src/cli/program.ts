/** The command line as a function: arguments in, exit code out. `main.ts` calls it with the process's own. */
import { Command, CommanderError } from 'commander';
import { exportTargets } from '../interchange/index.ts';
import { checkCommand, type CheckOptions } from './commands/check.ts';
import { exportCommand, type ExportOptions } from './commands/export.ts';
import { matrixCommand, type MatrixOptions } from './commands/matrix.ts';
import { followCommand, type FollowOptions } from './commands/follow.ts';
import { runCommand, type RunOptions } from './commands/run.ts';
import { schemaCommand } from './commands/schema.ts';
import { validateCommand, type ValidateOptions } from './commands/validate.ts';
import { findingsText } from './findingsText.ts';
import { ExitCode, type Io } from './io.ts';
import { Refusal } from './refusal.ts';

/** Commands may be called again with other arguments, so each call builds its own program. */
function build(io: Io, end: (code: ExitCode) => void): Command {
  const program = new Command('logjam');
  program
    .description('Simulates event-streaming pipelines without the editor: same engine, same fingerprint.')
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err })
    .showHelpAfterError('Run logjam --help, or logjam <command> --help, for what there is.')
    .addHelpText('after', '\nExample: npm run -s logjam -- run examples/purchase.json');
  const collect = (value: string, before: readonly string[] = []) => [...before, value];
  const command = (name: string, description: string) => program.command(name).description(description);
  const withSet = (made: Command) =>
    made.option(
      '--set <node.config=value>',
      'set a config for this call, repeatable; also cluster.<config>=…, scenario.seed=… and guarantee=…',
      collect,
    );
  const withRun = (made: Command) =>
    withSet(
      made
        .option('--json', 'print the whole report as JSON')
        .option('--seed <number>', "use this seed instead of the scenario's")
        .option('--until <duration>', 'stop at this virtual time, for example 10m, 600s or 600000ms')
        .option('--data <folder>', 'keep the log and the run in files, and go on from there next time')
        .option('--rebuild', 'with --data: compute a stored run with damaged blocks again from its start, instead of refusing it'),
    );

  withRun(command('run <file>', 'run a pipeline and print the report'))
    .option('--query <select>', 'ask a table of a stream processor at the end, for example "SELECT * FROM totals"')
    .option('--dump-partition <topic-partition>', 'write a partition as Kafka keeps it on disk, for example orders-0; with --to')
    .option('--to <folder>', 'folder for the directory of --dump-partition')
    .action(async (file: string, options: RunOptions) => {
      end(await runCommand(file, options, io));
    });
  withRun(command('check <file>', 'run a pipeline; exit code 0 when every objective holds, 1 when one does not'))
    .option('--junit <file>', "write the objectives as JUnit's XML")
    .action(async (file: string, options: CheckOptions) => end(await checkCommand(file, options, io)));
  withSet(
    command('follow <file>', 'follow one record from its producer to everybody who reads it, and what its time went to')
      .requiredOption('--record <topic-partition@offset>', 'where the record is written, for example orders-3@120')
      .option('--json', 'print the whole way as JSON')
      .option('--seed <number>', "use this seed instead of the scenario's")
      .option('--until <duration>', 'follow it to this virtual time at the latest, for example 10m'),
  ).action(async (file: string, options: FollowOptions) => end(await followCommand(file, options, io)));
  withSet(command('validate <file>', 'check a pipeline without running it').option('--json', 'print the findings as JSON')).action(
    async (file: string, options: ValidateOptions) => end(await validateCommand(file, options, io)),
  );
  withSet(
    command('export <file>', 'write files for a real system')
      .requiredOption(
        '--target <target>',
        Object.entries(exportTargets)
          .map(([name, { summary }]) => `${name}: ${summary}`)
          .join(' '),
      )
      .option('--out <folder>', 'write into this folder instead of to the output'),
  ).action(async (file: string, options: ExportOptions) => end(await exportCommand(file, options, io)));
  withSet(command('matrix <file>', 'run a pipeline under each delivery guarantee, with the same seeds and faults'))
    .option('--seeds <number>', "how many seeds, from the scenario's on", '1')
    .option('--json', 'print the matrix as JSON')
    .action(async (file: string, options: MatrixOptions) => end(await matrixCommand(file, options, io)));
  command('schema', "print the document's JSON Schema").action(() => end(schemaCommand(io)));
  return program;
}

/** Runs one command. Never throws for bad input: that is a text on `io.err` and the exit code for refusals. */
export async function logjam(args: readonly string[], io: Io): Promise<ExitCode> {
  let code: ExitCode = ExitCode.ok;
  try {
    await build(io, (ended) => (code = ended)).parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof Refusal) io.err(findingsText(error.findings));
    // Commander has already said what is wrong; asking for help is no mistake.
    else if (!(error instanceof CommanderError)) throw error;
    return error instanceof CommanderError && error.exitCode === 0 ? ExitCode.ok : ExitCode.refused;
  }
  return code;
}
