/** Counted comparisons, for the summary line and the table. */
import { isDeepStrictEqual } from 'node:util';

export interface Checks {
  passed: number;
  readonly failures: string[];
}

export function createChecks(): Checks {
  return { passed: 0, failures: [] };
}

/** One check: two lists of lines are the same. A failure shows the first line that differs. */
export function checkLines(checks: Checks, name: string, found: readonly string[], expected: readonly string[]): void {
  if (isDeepStrictEqual(found, expected)) {
    checks.passed++;
    return;
  }
  const at = expected.findIndex((line, i) => line !== found[i]);
  const first = at < 0 ? expected.length : at;
  const counts = found.length === expected.length ? '' : ` (${expected.length} lines expected, ${found.length} found)`;
  const line = (lines: readonly string[]): string => (first < lines.length ? shorten(lines[first]!) : 'nothing more');
  checks.failures.push(`${name}: line ${first + 1} differs${counts}\n      expected ${line(expected)}\n      found    ${line(found)}`);
}

/** One check: something holds. */
export function checkThat(checks: Checks, name: string, holds: boolean, otherwise: string): void {
  if (holds) checks.passed++;
  else checks.failures.push(`${name}: ${otherwise}`);
}

function shorten(line: string): string {
  return line.length > 400 ? `${line.slice(0, 400)}… (${line.length} characters)` : line;
}
