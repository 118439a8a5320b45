import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const root = new URL('../../../', import.meta.url);
const spec = readFileSync(new URL('src/engine/SPEC.md', root), 'utf8');
const sqlSpec = readFileSync(new URL('src/sql/SPEC.md', root), 'utf8');
const streamsSpec = readFileSync(new URL('src/streams/SPEC.md', root), 'utf8');
const numbers = [...`${spec}\n${sqlSpec}\n${streamsSpec}`.matchAll(/^- \*\*\[?([A-Z]{3,4}-\d+)\]?\*\*/gm)].map(([, rule]) => rule!);

/** Every rule a test title begins with, in the tests of these folders. */
function quotedRules(folders: readonly string[]): ReadonlySet<string> {
  const quoted = new Set<string>();
  for (const folder of folders)
    for (const file of readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })) {
      if (!/\.(test|spec)\.tsx?$|Contract\.ts$/.test(file)) continue;
      for (const [, rule] of readFileSync(new URL(`${folder}/${file}`, root), 'utf8').matchAll(/\[([A-Z]{3,4}-\d+)\]/g)) quoted.add(rule!);
    }
  return quoted;
}

describe('SPEC.md', () => {
  test('gives each rule a number of its own', () => {
    expect(numbers.filter((rule, i) => numbers.indexOf(rule) !== i)).toEqual([]);
    expect(numbers.length).toBeGreaterThan(200);
  });

  test('has no rule without a test that quotes it', () => {
    const quoted = quotedRules(['src', 'bench', 'conformance', 'e2e']);
    expect(numbers.filter((rule) => !quoted.has(rule))).toEqual([]);
  });

  test('names rules that exist for each of the behaviours of log, cluster and transactions', () => {
    const rows = [...spec.matchAll(/^\| (\d+) +\|[^|]*\| ([^|]+?) +\|$/gm)].map(([, no, rules]) => ({
      no: Number(no),
      rules: rules!.split(', '),
    }));
    expect(rows.map(({ no }) => no)).toEqual(Array.from({ length: 35 }, (_, i) => i + 1));
    for (const { no, rules } of rows) expect({ no, unknown: rules.filter((rule) => !numbers.includes(rule)) }).toEqual({ no, unknown: [] });
  });
});
