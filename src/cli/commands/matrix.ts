import { advanceMatrix, matrixOf, matrixProgress, startMatrix } from '../../engine/index.ts';
import { guaranteeWords } from '../../pipeline/index.ts';
import { findingsText } from '../findingsText.ts';
import { formatCount } from '../format.ts';
import { gzip } from '../gzip.ts';
import { ExitCode, type Io } from '../io.ts';
import { findingsOfFile, loadDocument } from '../load.ts';
import { Refusal, refusal } from '../refusal.ts';
import { renderTable } from '../table.ts';

export interface MatrixOptions {
  readonly seeds?: string;
  readonly set?: readonly string[];
  readonly json?: boolean;
}

const eventsASlice = 50_000;
const seedsMax = 100;

/** `matrix`: the same pipeline, seeds and faults under each delivery guarantee. */
export async function matrixCommand(file: string, options: MatrixOptions, io: Io): Promise<ExitCode> {
  const count = Number(options.seeds ?? 1);
  if (!Number.isInteger(count) || count < 1 || count > seedsMax)
    throw refusal('option.seeds', `--seeds is "${options.seeds}".`, `Give a whole number from 1 to ${seedsMax}.`);
  const { document, findings: openFindings } = await loadDocument(file, options, io);
  const seeds = Array.from({ length: count }, (_, i) => (document.scenario.seed + i) >>> 0);
  const { work, findings } = startMatrix(document, { seeds, gzip });
  if (work === null) throw new Refusal(findingsOfFile(file, openFindings, findings));
  io.err(findingsText(openFindings));
  while (!advanceMatrix(work, eventsASlice)) {
    io.progress?.(`${Math.floor(100 * matrixProgress(work))} % of ${work.cells.length} runs`);
    await new Promise((resume) => setImmediate(resume));
    if (io.interrupt?.aborted === true) return ExitCode.interrupted;
  }
  io.progress?.('');
  const matrix = matrixOf(work);
  io.out(options.json === true ? `${JSON.stringify(matrix, null, 2)}\n` : matrixText(matrix));
  return ExitCode.ok;
}

function matrixText({ name, seeds, rows }: ReturnType<typeof matrixOf>): string {
  const columns = ['sink', 'guarantee', 'expected', 'once', 'repeated', 'lost', 'reordered', 'p50 ms', 'p99 ms', 'a second', 'verdict'];
  const ms = (value: number | null): string => (value === null ? '-' : value.toFixed(1));
  const table = renderTable(
    columns.map((title, i) => ({ title, align: i < 2 || i === columns.length - 1 ? 'left' : 'right' })),
    rows.map((row) => [
      row.name,
      guaranteeWords[row.guarantee].label,
      ...[row.expected, row.once, row.duplicated, row.lost, row.reordered].map(formatCount),
      ms(row.p50Ms),
      ms(row.p99Ms),
      row.perSecond.toFixed(1),
      row.verdict,
    ]),
  );
  const seedText = seeds.length === 1 ? `seed ${seeds[0]}` : `seeds ${seeds[0]} to ${seeds.at(-1)}`;
  return `${name}, ${seedText}: the same pipeline and faults under each guarantee\n\n${table}\n`;
}
