import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PipelineDocument } from '../pipeline/index.ts';
import { logjam } from './program.ts';

const shop = {
  format: 'logjam/pipeline',
  version: 1,
  name: 'shop',
  description: '',
  nodes: [
    { id: 'app', kind: 'producer', name: 'order app', config: { 'workload.rate': 100 } },
    { id: 'orders', kind: 'topic', name: 'orders', config: { partitions: 3 } },
    { id: 'index', kind: 'sink', name: 'search index', config: { 'auto.offset.reset': 'earliest', 'service.time.ms': 2 } },
  ],
  edges: [
    { id: 'a', source: 'app', target: 'orders' },
    { id: 'b', source: 'orders', target: 'index' },
  ],
  cluster: { config: {} },
  scenario: {
    seed: 7,
    durationMs: 20_000,
    faults: [],
    objectives: [
      { id: 'o1', name: 'The index keeps up', node: 'index', metric: 'lag.records', statistic: 'last', comparison: '<=', value: 100 },
      { id: 'o2', name: 'Never late', node: 'index', metric: 'latency.ms', statistic: 'max', comparison: '<=', value: 60_000 },
    ],
  },
  layout: { positions: [] },
} satisfies PipelineDocument;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'logjam-cli-'));
  write('shop.json', shop);
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, content: unknown): void {
  writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
}

async function call(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const code = await logjam(args, { out: (text) => void (out += text), err: (text) => void (err += text), workingFolder: folder });
  return { code, out, err };
}

describe('run', () => {
  test('prints every part of the report, and the same one each time', async () => {
    const { code, out } = await call('run', 'shop.json');
    expect(code).toBe(0);
    for (const part of [
      'shop',
      'seed 7',
      'finished',
      '✓ pass  The index keeps up',
      'Topic orders',
      'high watermark',
      'Group ',
      'Latency',
      'Ledger',
      'assumed',
      'Fingerprint ',
    ]) {
      expect(out).toContain(part);
    }
    expect((await call('run', 'shop.json')).out).toBe(out);
  });

  test('--json, --seed, --until and --set', async () => {
    const json = async (...args: string[]) => JSON.parse((await call('run', 'shop.json', '--json', ...args)).out);
    const plain = await json();
    expect(plain).toMatchObject({ name: 'shop', seed: 7, virtualTimeMs: 20_000, outcome: 'finished' });
    expect(plain.topics[0].records).toBeGreaterThan(1900);
    const reseeded = await json('--seed', '8');
    expect(reseeded.seed).toBe(8);
    expect(reseeded.fingerprint).not.toBe(plain.fingerprint);
    expect(await json('--until', '5s')).toMatchObject({ virtualTimeMs: 5000, outcome: 'running' });
    const set = await json('--set', 'order app.workload.rate=10', '--set', 'orders.partitions=1', '--set', 'scenario.seed=9');
    expect(set).toMatchObject({ seed: 9, topics: [{ partitions: [{ partition: 0 }] }] });
    expect(set.topics[0].records).toBeLessThan(250);
  });
});

describe('--data', () => {
  const report = async (...args: string[]) => {
    const { code, out, err } = await call('run', 'shop.json', '--json', ...args);
    expect([code, err.includes('error')]).toEqual([0, false]);
    return { ...JSON.parse(out), err };
  };

  test('a run in two calls is the run in one', async () => {
    const whole = await report();
    expect((await report('--data', 'kept', '--until', '8s')).virtualTimeMs).toBe(8000);
    const rest = await report('--data', 'kept');
    expect(rest.err).toContain('goes on from 8 s');
    expect({ ...rest, err: '' }).toEqual({ ...whole, err: '' });
  });

  test('another seed, another design or an earlier end starts anew', async () => {
    await report('--data', 'anew', '--until', '8s');
    for (const args of [
      ['--seed', '9'],
      ['--set', 'app.workload.rate=50'],
      ['--until', '3s'],
    ]) {
      expect((await report('--data', 'anew', ...args)).err).not.toContain('goes on');
    }
  });

  test('a folder that cannot be used is refused', async () => {
    const { code, err } = await call('run', 'shop.json', '--data', 'shop.json');
    expect([code, err.includes('shop.json: The run cannot be kept')]).toEqual([2, true]);
  });
});

test('an interrupted run prints what it has', async () => {
  const stop = new AbortController();
  stop.abort();
  let out = '';
  const code = await logjam(['run', 'shop.json', '--until', '1000000s', '--set', 'scenario.durationMs=1000000000'], {
    out: (text) => void (out += text),
    err: () => undefined,
    workingFolder: folder,
    interrupt: stop.signal,
  });
  expect([code, out.includes('stopped before the end of the scenario')]).toEqual([130, true]);
});

describe('check', () => {
  test('exit code 0 when all objectives hold', async () => {
    const { code, out } = await call('check', 'shop.json', '--junit', 'out/good.xml');
    expect([code, out.match(/✓ pass/g)?.length]).toEqual([0, 2]);
    expect(readFileSync(join(folder, 'out/good.xml'), 'utf8')).toContain('tests="2" failures="0"');
  });

  test('exit code 1 when one does not', async () => {
    const { code, out } = await call('check', 'shop.json', '--set', 'index.service.time.ms=500', '--junit', 'bad.xml');
    expect(code).toBe(1);
    expect(out).toContain('✗ fail  The index keeps up');
    expect(readFileSync(join(folder, 'bad.xml'), 'utf8')).toContain('<failure message=');
  });

  test('exit code 2 when the document is refused, with an error for JUnit', async () => {
    write('dangling.json', { ...shop, edges: [{ id: 'a', source: 'app', target: 'nowhere' }] });
    const { code, err } = await call('check', 'dangling.json', '--junit', 'refused.xml');
    expect(code).toBe(2);
    expect(err).toContain('dangling.json');
    expect(readFileSync(join(folder, 'refused.xml'), 'utf8')).toContain('<error message=');
  });

  test('without objectives there is a warning', async () => {
    write('free.json', { ...shop, scenario: { ...shop.scenario, durationMs: 100, objectives: [] } });
    const { code, err } = await call('check', 'free.json');
    expect([code, err.includes('nothing to check')]).toEqual([0, true]);
  });
});

describe('validate, schema, export', () => {
  test('validate tells findings and sets the exit code', async () => {
    expect(await call('validate', 'shop.json')).toMatchObject({ code: 0, out: expect.stringContaining('0 errors') });
    write('wrong.json', { ...shop, nodes: [...shop.nodes, { id: 'f', kind: 'filter', name: 'f', config: { condition: 'value.a >' } }] });
    const { code, err } = await call('validate', 'wrong.json');
    expect(code).toBe(2);
    expect(err).toContain('condition');
    const json = await call('validate', 'wrong.json', '--json');
    expect(JSON.parse(json.out)).toEqual(
      expect.arrayContaining([expect.objectContaining({ severity: 'error', file: 'wrong.json', config: 'condition' })]),
    );
  });

  test('schema is JSON', async () => {
    const { code, out } = await call('schema');
    expect([code, typeof JSON.parse(out)]).toEqual([0, 'object']);
  });

  test.each(['kafka-topics', 'docker-compose', 'strimzi', 'properties'])('export %s to the output and to a folder', async (target) => {
    const printed = await call('export', 'shop.json', '--target', target);
    expect([printed.code, printed.out.length > 20]).toEqual([0, true]);
    const written = await call('export', 'shop.json', '--target', target, '--out', `files-${target}`);
    expect(written.code).toBe(0);
    expect(
      readdirSync(join(folder, `files-${target}`), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length,
    ).toBe(written.out.trim().split('\n').length);
  });
});

describe('bad input ends with code 2 and says what to do', () => {
  test.each([
    [['run', 'missing.json'], 'no such file'],
    [['run', '.'], 'is a folder'],
    [['run', 'truncated.json'], 'truncated.json'],
    [['run', 'deep.json'], 'deep.json'],
    [['run', 'newer.json'], 'version'],
    [['run', 'latin1.json'], 'UTF-8'],
    [['run', 'shop.json', '--seed', '-1'], '--seed'],
    [['run', 'shop.json', '--seed', 'x'], '--seed'],
    [['run', 'shop.json', '--until', 'soon'], '10m'],
    [['run', 'shop.json', '--set', 'nobody.linger.ms=1'], 'nobody'],
    [['run', 'shop.json', '--set', 'app.lingerr.ms=1'], 'linger'],
    [['run', 'shop.json', '--set', 'app.linger.ms=fast'], 'fast'],
    [['run', 'shop.json', '--set', 'app.linger.ms'], 'node.config=value'],
    [['run', 'shop.json', '--sed', '1'], '--seed'],
    [['run', 'shop.json', 'more'], 'too many arguments'],
    [['run'], "missing required argument 'file'"],
    [['rum', 'shop.json'], "unknown command 'rum'"],
    [['export', 'shop.json'], '--target'],
    [['export', 'shop.json', '--target', 'toString'], 'kafka-topics'],
    [['check', 'shop.json', '--until', '1s', '--junit', 'shop.json/x.xml'], 'cannot be written'],
    [[], 'Usage'],
  ])('%j', async (args, text) => {
    write('truncated.json', '{"format": "logjam/pipe');
    write('deep.json', '['.repeat(1_000_000));
    write('newer.json', { ...shop, version: 99 });
    writeFileSync(join(folder, 'latin1.json'), Buffer.from('{"name": "caf\u00e9"}', 'latin1'));
    const { code, err } = await call(...args);
    expect(err).toContain(text);
    expect(code).toBe(2);
  });

  test('help is no mistake', async () => {
    const { code, out } = await call('run', '--help');
    expect([code, out.includes('--until')]).toEqual([0, true]);
  });

  test('names in documents cannot write to the terminal', async () => {
    write('hostile.json', {
      ...shop,
      name: '\u001b[2J',
      nodes: shop.nodes.map((node) => (node.id === 'index' ? { ...node, name: 'x\u001b]0;owned\u0007' } : node)),
    });
    const { out, err } = await call('run', 'hostile.json', '--until', '100ms');
    // eslint-disable-next-line no-control-regex -- Control characters are what this looks for.
    expect(/[\u0000-\u0009\u000b-\u001f]/.test(out + err)).toBe(false);
  });
});
