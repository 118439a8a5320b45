/** The table: on the console, and as Markdown between two markers of a file. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { type Figure, ratioOf, type Skipped, verdictOf } from './figures.ts';
import type { Machine } from './machine.ts';

export interface Results {
  readonly date: string;
  readonly machine: Machine;
  readonly figures: readonly Figure[];
  readonly skipped: readonly Skipped[];
}

/** Three digits that matter. */
function digits(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  return Number(value.toPrecision(3)).toLocaleString('en', { maximumFractionDigits: 6 });
}

function bound(figure: Figure, value: number | null): string {
  if (value === null) return '';
  return `${figure.moreIsBetter ? '≥' : '≤'} ${digits(value)}`;
}

function cells(figure: Figure): string[] {
  const ratio = ratioOf(figure);
  return [
    figure.name,
    `${digits(figure.value)} ${figure.unit}`,
    figure.peer === null ? '' : `${digits(figure.peer.value)} ${figure.unit} (${figure.peer.name})`,
    ratio === null ? '' : digits(ratio),
    bound(figure, figure.floor),
    bound(figure, figure.aim),
    verdictOf(figure),
  ];
}

const heads = ['What', 'Figure', 'Limit or peer, same run', 'Ratio', 'Floor', 'Aim', 'Verdict'];

/** Lines for people at a terminal: one block a figure, as the table would be too wide for most. */
export function consoleText(results: Results): string {
  const blocks = results.figures.map((figure) => {
    const [name, value, peer, ratio, floor, aim, verdict] = cells(figure);
    const against = peer === '' ? '' : `\n    against ${peer}: ratio ${ratio}`;
    const judged = verdict === '' ? '' : ` (floor ${floor}, aim ${aim}): ${verdict}`;
    return `${name}\n    ${value}${against}${judged}\n    ${figure.note}`;
  });
  const skipped = results.skipped.map(({ name, reason }) => `${name}\n    skipped: ${reason}`);
  return [...blocks, ...skipped, machineText(results)].join('\n');
}

function machineText({ date, machine }: Results): string {
  const browser = machine.chromium === null ? 'no Chromium' : `Chromium ${machine.chromium}`;
  return `Measured on ${date} on ${machine.cpu} (${machine.cores} cores), Node ${machine.node}, ${browser}.`;
}

/** The table as Markdown, with machine and date. */
export function markdownTable(results: Results): string {
  const row = (columns: readonly string[]): string => `| ${columns.join(' | ')} |`;
  const lines = [row(heads), row(heads.map(() => '---')), ...results.figures.map((figure) => row(cells(figure)))];
  for (const { name, reason } of results.skipped) lines.push(row([name, `skipped: ${reason}`, '', '', '', '', '']));
  return `${lines.join('\n')}\n\n${machineText(results)}`;
}

const begin = '<!-- bench -->';
const end = '<!-- /bench -->';

/** Puts the table between the markers of a Markdown file, formatted as the rest of it; false when it has none. */
export async function writeIntoMarkdown(file: string, results: Results): Promise<boolean> {
  if (!existsSync(file)) return false;
  const text = readFileSync(file, 'utf8');
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) return false;
  const written = `${text.slice(0, from + begin.length)}\n\n${markdownTable(results)}\n\n${text.slice(to)}`;
  writeFileSync(file, await format(written, { ...(await resolveConfig(file)), parser: 'markdown' }));
  return true;
}
