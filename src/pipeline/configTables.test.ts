import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { configTables, hardwareTable, objectiveTable } from './configTables.ts';
import { limits } from './limits.ts';
import { parseDocument } from './parse.ts';
import { validateDocument } from './validate.ts';

const page = new URL('../../docs/format.md', import.meta.url);

/** The page with its generated parts, which stand between markers, made anew. */
function refreshed(text: string): string {
  const parts: Readonly<Record<string, string>> = { configs: configTables(), objectives: objectiveTable(), hardware: hardwareTable() };
  return text.replace(
    /(<!-- generated: (\w+) -->\n)[\s\S]*?(<!-- end -->)/g,
    (_, start: string, name: string, end: string) => `${start}\n${parts[name] ?? ''}\n\n${end}`,
  );
}

describe('docs/format.md', () => {
  test('its tables are those of the config rows (UPDATE_DOCS=1 writes them)', () => {
    expect(existsSync(page)).toBe(true);
    const text = readFileSync(page, 'utf8');
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(page, refreshed(text));
    expect(readFileSync(page, 'utf8')).toBe(refreshed(text));
  });

  test('its example opens and has nothing to find', () => {
    const example = /```json\n([\s\S]*?)```/.exec(readFileSync(page, 'utf8'))?.[1] ?? '';
    const { document, findings } = parseDocument(example, { file: 'format.md' });
    expect(findings).toEqual([]);
    expect(validateDocument(document!)).toEqual([]);
  });

  test('its limits are those of the code', () => {
    const text = readFileSync(page, 'utf8');
    for (const limit of [limits.textLength, limits.values, limits.nodes, limits.edges, limits.faults, limits.objectives, limits.durationMs])
      expect(text).toContain(`| ${limit}`);
  });
});
