/**
 * `npm run bench`: every figure of the table, or those of the groups named (`npm run bench -- pipeline queue`). Prints the table; a run of all groups
 * also writes bench/results/latest.json and the table of README.md. `--table` only renders the last results anew.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { inProject } from '../scripts/project.js';
import { browserGroups, measureInBrowser } from './browser/suite.ts';
import type { Figure, Skipped } from './figures.ts';
import { describeMachine } from './machine.ts';
import { consoleText, type Results, writeIntoMarkdown } from './table.ts';

const nodeGroups = ['pipeline', 'singles', 'wide', 'replicas', 'checked', 'encoding', 'queue', 'events', 'sql'];
const resultsFile = inProject('bench', 'results', 'latest.json');
const readme = inProject('README.md');

/** Bundles the Node part: what runs is what a build would run, not modules transformed on the way. */
async function bundle(): Promise<string> {
  const outfile = inProject('.cache', 'bench', 'suite.mjs');
  const entryPoints = [inProject('bench', 'node', 'suite.ts')];
  await build({ entryPoints, outfile, bundle: true, platform: 'node', format: 'esm', packages: 'external', logLevel: 'warning' });
  return outfile;
}

function measureInNode(program: string, group: string): Figure[] {
  process.stderr.write(`${group} …\n`);
  const { status, stdout } = spawnSync(process.execPath, [program, group], { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });
  if (status !== 0) throw new Error(`The bench of ${group} ended with ${String(status)}; its message is above.`);
  return JSON.parse(stdout) as Figure[];
}

async function measure(named: readonly string[]): Promise<Results> {
  const wanted = (group: string): boolean => named.length === 0 || named.includes(group);
  const unknown = named.find((group) => !nodeGroups.includes(group) && !browserGroups.includes(group));
  if (unknown !== undefined) throw new Error(`There is no group "${unknown}"; there are ${[...nodeGroups, ...browserGroups].join(', ')}.`);
  const program = await bundle();
  const figures = nodeGroups.filter(wanted).flatMap((group) => measureInNode(program, group));
  const skipped: Skipped[] = [];
  let chromium: string | null = null;
  if (browserGroups.some(wanted)) {
    const found = await measureInBrowser(browserGroups.filter(wanted), (group) => process.stderr.write(`${group} …\n`));
    figures.push(...found.figures);
    skipped.push(...found.skipped);
    chromium = found.chromium;
  }
  return { date: new Date().toISOString().slice(0, 10), machine: describeMachine(chromium), figures, skipped };
}

const parameters = process.argv.slice(2);
if (parameters.includes('--table')) {
  const results = JSON.parse(readFileSync(resultsFile, 'utf8')) as Results;
  process.stdout.write(`${consoleText(results)}\n`);
  if (!(await writeIntoMarkdown(readme, results))) process.stdout.write('README.md has no place marked for the table.\n');
} else {
  const results = await measure(parameters);
  process.stdout.write(`${consoleText(results)}\n`);
  if (parameters.length === 0) {
    mkdirSync(inProject('bench', 'results'), { recursive: true });
    writeFileSync(resultsFile, `${JSON.stringify(results, null, 2)}\n`);
    await writeIntoMarkdown(readme, results);
  }
}
