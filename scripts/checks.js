import { readFileSync, rmSync } from 'node:fs';
import { inProject } from './project.js';
import { tallyOfPlaywright, tallyOfVitest } from './tally.js';

/**
 * One step of `npm test`: a script of package.json. A step with a `report` is counted by the tests in it, a step without as one.
 * @typedef {object} Check
 * @property {string} title
 * @property {string} script
 * @property {number} limitMs
 * @property {boolean} [needsBrowser]
 * @property {Report} [report]
 */

/**
 * @typedef {object} Report
 * @property {string} file The JSON report that the program writes.
 * @property {string[]} parameters What makes it write one beside its usual output.
 * @property {Record<string, string>} environment
 * @property {(json: any) => import('./tally.js').Tally} tally
 */

const minute = 60_000;

/** Checks that read the sources only; they run two at a time. @type {readonly Check[]} */
export const staticChecks = [
  { title: 'Types', script: 'types', limitMs: 6 * minute },
  { title: 'Lint', script: 'lint', limitMs: 6 * minute },
  { title: 'Formatting', script: 'format:check', limitMs: 4 * minute },
  { title: 'Direction of dependencies', script: 'deps', limitMs: 4 * minute },
  { title: 'Unused code', script: 'unused', limitMs: 4 * minute },
  { title: 'Build of the site', script: 'build', limitMs: 4 * minute },
];

/** Checks that run the code, one after the other: each uses all processors itself. @type {readonly Check[]} */
export const testChecks = [
  { title: 'Unit, property and golden-trace tests', script: 'unit', limitMs: 12 * minute, report: vitestReport('unit') },
  { title: 'Browser tests of single parts', script: 'browser', limitMs: 6 * minute, needsBrowser: true, report: vitestReport('browser') },
  { title: 'Browser tests of the whole designer', script: 'e2e', limitMs: 12 * minute, needsBrowser: true, report: playwrightReport() },
];

/**
 * The tally in a report, or null when the program did not come as far as writing one.
 * @param {Report} report
 */
export function readReport({ file, tally }) {
  try {
    return tally(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null;
  }
}

/** So that no report of an earlier run is taken for this run's. @param {Report} report */
export function removeReport({ file }) {
  rmSync(file, { force: true });
}

/**
 * @param {string} name
 * @returns {Report}
 */
function vitestReport(name) {
  const file = inProject('.cache', 'reports', `${name}.json`);
  return {
    file,
    parameters: ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`],
    environment: {},
    tally: tallyOfVitest,
  };
}

/** @returns {Report} */
function playwrightReport() {
  const file = inProject('.cache', 'reports', 'e2e.json');
  return { file, parameters: ['--reporter=list,json'], environment: { PLAYWRIGHT_JSON_OUTPUT_NAME: file }, tally: tallyOfPlaywright };
}
