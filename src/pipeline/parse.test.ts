import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { limits } from './limits.ts';
import { parseDocument } from './parse.ts';
import { serializeDocument } from './serialize.ts';

const fixture = readFileSync(new URL('./fixtures/version1.json', import.meta.url), 'utf8');

interface Raw {
  [field: string]: unknown;
  nodes: Record<string, unknown>[];
  edges: Record<string, unknown>[];
  scenario: Record<string, unknown>;
}

/** The fixture after a change by hand, parsed. */
function parsed(change: (raw: Raw) => void) {
  const raw = JSON.parse(fixture) as Raw;
  change(raw);
  return parseDocument(JSON.stringify(raw), { file: 'shop.json' });
}

function config(node: number, name: string, value: unknown) {
  return parsed((raw) => {
    raw.nodes[node]!['config'] = { [name]: value };
  });
}

describe('parseDocument', () => {
  test('the version 1 fixture opens without findings and is saved as it was', () => {
    const result = parseDocument(fixture, { file: 'version1.json' });
    expect(result.findings).toEqual([]);
    expect(serializeDocument(result.document!)).toBe(fixture);
  });

  test('a byte order mark is no obstacle', () => {
    expect(parseDocument(`\uFEFF${fixture}`, { file: 'a' }).document).not.toBeNull();
  });

  test.each([
    ['hello', 'json.syntax'],
    ['', 'json.truncated'],
    [fixture.slice(0, 400), 'json.truncated'],
    ['['.repeat(1_000_000), 'json.too-deep'],
    ['[]', 'document.not-an-object'],
    ['null', 'document.not-an-object'],
    ['{}', 'document.wrong-format'],
    ['{"format":"logjam/pipeline"}', 'document.version'],
    ['{"format":"logjam/pipeline","version":1.5}', 'document.version'],
    ['{"format":"logjam/pipeline","version":2}', 'document.newer-version'],
    ['{"format":"logjam/pipeline","version":1,"nodes":{"__proto__":{"polluted":true}}}', 'json.forbidden-key'],
    ['x'.repeat(limits.textLength + 1), 'file.too-long'],
  ])('%.40s is refused: %s', (text, code) => {
    const result = parseDocument(text, { file: 'bad.json' });
    expect(result.document).toBeNull();
    expect(result.findings).toMatchObject([{ severity: 'error', code, file: 'bad.json' }]);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test.each([
    ['800', 'config.type', 'Write 800 without the quotes.'],
    [0, 'config.out-of-range', 'Write a value between 1 and 10000.'],
    [-1, 'config.out-of-range', 'Write a value between 1 and 10000.'],
    [1e9, 'config.out-of-range', 'Write a value between 1 and 10000.'],
    [1.5, 'config.type', 'Write a whole number, for instance 1.'],
    [null, 'config.type', 'Write a whole number, for instance 1.'],
    [{}, 'config.type', 'Write a whole number, for instance 1.'],
  ])('partitions %j: %s', (value, code, remedy) => {
    const result = config(1, 'partitions', value);
    expect(result.document).toBeNull();
    expect(result.findings).toMatchObject([
      { code, remedy, file: 'shop.json', node: 'topic-1', config: 'partitions', path: '/nodes/1/config/partitions' },
    ]);
  });

  test('1e400 and NaN are refused with their place', () => {
    for (const number of ['1e400', 'NaN']) {
      const result = parseDocument(fixture.replace('"partitions": 6', `"partitions": ${number}`), { file: 'a' });
      expect(result.document).toBeNull();
      expect(result.findings).toMatchObject([{ path: '/nodes/1/config/partitions' }]);
    }
  });

  test('an unknown config names the nearest one', () => {
    expect(config(0, 'linger.mss', 5).findings).toMatchObject([{ code: 'config.unknown', remedy: 'Did you mean linger.ms?' }]);
    expect(config(0, 'toString', 5).findings).toMatchObject([{ code: 'config.unknown' }]);
  });

  test('an unknown kind names the nearest one', () => {
    const result = parsed((raw) => (raw.nodes[1]!['kind'] = 'tpoic'));
    expect(result.findings).toMatchObject([{ code: 'node.unknown-kind', path: '/nodes/1/kind', remedy: 'Did you mean topic?' }]);
  });

  test('duplicate and dangling ids are refused', () => {
    const result = parsed((raw) => {
      raw.nodes.push({ ...raw.nodes[0] });
      raw.edges.push({ ...raw.edges[0] });
      raw.edges[1]!['target'] = 'nobody';
    });
    expect(result.document).toBeNull();
    expect(result.findings.map((finding) => finding.code)).toEqual(['node.duplicate-id', 'edge.duplicate-id', 'edge.dangling']);
  });

  test('unknown fields give warnings, and are not kept', () => {
    const result = parsed((raw) => {
      raw['colour'] = 'red';
      raw.nodes[0]!['note'] = 'x';
    });
    expect(result.findings.map(({ severity, path }) => [severity, path])).toEqual([
      ['warning', '/nodes/0/note'],
      ['warning', '/colour'],
    ]);
    expect(serializeDocument(result.document!)).toBe(fixture);
  });

  test('positions of nobody are not kept, with a warning', () => {
    const result = parsed((raw) => (raw['layout'] = { positions: [{ node: 'ghost', x: 1, y: 1 }] }));
    expect(result.document?.layout.positions).toEqual([]);
    expect(result.findings).toMatchObject([{ severity: 'warning', code: 'layout.position', path: '/layout/positions/0' }]);
  });

  test('faults: unknown action, missing number, member as a text', () => {
    const result = parsed((raw) => {
      raw.scenario['faults'] = [
        { atMs: 1, action: 'slwo', node: 'sink-1' },
        { atMs: 1, action: 'slow', node: 'sink-1' },
        { atMs: 1, action: 'member.stop', node: 'sink-1', member: '0' },
      ];
    });
    expect(result.findings.map(({ path, remedy }) => [path, remedy])).toEqual([
      ['/scenario/faults/0/action', 'Did you mean slow?'],
      ['/scenario/faults/1/factor', 'Add it: a number.'],
      ['/scenario/faults/2/member', 'Write 0 without the quotes.'],
    ]);
  });

  test('faults of the cluster: an action of a newer program, an endpoint nobody has, a broker as a text', () => {
    const result = parsed((raw) => {
      raw.scenario['faults'] = [
        { atMs: 1, action: 'quorum.migrate' },
        { atMs: 1, action: 'network.cut', between: ['broker:x'], and: ['rest'] },
        { atMs: 1, action: 'broker.kill', broker: '0' },
        { atMs: 1, action: 'network.delay', between: [], and: ['rest'], addedMs: 5 },
      ];
    });
    expect(result.document).toBeNull();
    expect(result.findings.map(({ path }) => path)).toEqual([
      '/scenario/faults/0/action',
      '/scenario/faults/1/between/0',
      '/scenario/faults/2/broker',
      '/scenario/faults/3/between',
    ]);
    expect(result.findings[0]).toMatchObject({ message: '"action" cannot be "quorum.migrate".' });
    expect(result.findings[0]!.remedy).toMatch(/^If a newer Logjam wrote it, open it there; else choose one of member\.add, /);
    expect(result.findings[1]!.remedy).toContain('broker:0, controller');
  });

  test('too many nodes and control characters in names are refused', () => {
    const many = parsed(
      (raw) => (raw.nodes = Array.from({ length: 2_001 }, (_, index) => ({ id: `t${index}`, kind: 'topic', name: 't', config: {} }))),
    );
    expect(many.findings).toMatchObject([{ code: 'document.too-large', path: '/nodes' }]);
    expect(parsed((raw) => (raw.nodes[0]!['name'] = 'a\u0000b')).findings).toMatchObject([{ code: 'document.characters' }]);
  });

  const fields = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 1]));
  test.each([
    ['unknown fields', (raw: Raw) => Object.assign(raw, fields(900))],
    ['unknown configs', (raw: Raw) => (raw.nodes[0]!['config'] = fields(900))],
    ['too many configs', (raw: Raw) => (raw.nodes[0]!['config'] = fields(1_001))],
    ['too many nodes', (raw: Raw) => (raw.nodes = Array.from({ length: 100_000 }, () => ({})))],
    ['wrong nodes', (raw: Raw) => (raw.nodes = Array.from({ length: 2_000 }, () => ({ a: 1 })))],
  ])('%s are survived', (_, change) => {
    const result = parsed((raw) => void change(raw));
    expect(result.findings.length).toBeGreaterThan(0);
    expect(result.findings.length).toBeLessThanOrEqual(limits.findings);
  });

  test('never more findings than the limit', () => {
    const result = parsed((raw) => {
      raw.nodes = Array.from({ length: 1_000 }, (_, index) => ({ id: `n${index}`, kind: 'topic', name: 't', config: { partitions: 0 } }));
    });
    expect(result.findings).toHaveLength(limits.findings);
    expect(result.findings.at(-1)?.code).toBe('findings.left-out');
  });
});
