import { readFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import type { ConfigValue, PipelineDocument } from '../../pipeline/document.ts';
import { parseDocument } from '../../pipeline/parse.ts';
import { validateDocument } from '../../pipeline/validate.ts';
import { advance } from './advance.ts';
import { checkpoint, restore } from './checkpoint.ts';
import { runTo, start } from './harness.ts';
import { fingerprint, reportOf } from './views/report.ts';

// Whole scenarios, some of them of two days: a minute each on a machine that does much else. This only ends what hangs.
vi.setConfig({ testTimeout: 300_000 });

const names = [
  'purchase',
  'gym-booking',
  'varying-readers',
  'replicated-orders',
  'account-balance',
  'retention',
  'exactly-once',
  'notification-fan-out',
  'consumer-v2',
  'hot-key',
  'stream-processing',
] as const;

function example(name: string): PipelineDocument {
  const text = readFileSync(new URL(`../../../examples/${name}.json`, import.meta.url), 'utf8');
  const { document, findings } = parseDocument(text, { file: `${name}.json` });
  expect(findings).toEqual([]);
  return document!;
}

/** What does not hold, as sentences. */
function broken(document: PipelineDocument, seed: number): string[] {
  const run = runTo(start(document, { seed }), document.scenario.durationMs);
  return reportOf(run)
    .objectives.filter((objective) => !objective.pass)
    .map((objective) => objective.sentence);
}

const withConfig = (document: PipelineDocument, id: string, name: string, value: ConfigValue): PipelineDocument => ({
  ...document,
  nodes: document.nodes.map((node) => (node.id === id ? { ...node, config: { ...node.config, [name]: value } } : node)),
});

describe.each(names)('example %s', (name) => {
  const document = example(name);

  test('is a document without errors, and with no warning but of what it is to show', () => {
    const codes = validateDocument(document).flatMap(({ severity, code }) => (severity === 'info' ? [] : [code]));
    expect([...new Set(codes)]).toEqual(name === 'varying-readers' ? ['retention.shorter-than-outage'] : []);
  });

  test('lies on the grid without overlaps', () => {
    const { positions } = document.layout;
    expect(positions.map((position) => position.node).sort()).toEqual(document.nodes.map((node) => node.id).sort());
    for (const { x, y } of positions) expect([x % 8, y % 8]).toEqual([0, 0]);
    for (const [i, a] of positions.entries())
      for (const b of positions.slice(i + 1)) expect(Math.abs(a.x - b.x) >= 208 || Math.abs(a.y - b.y) >= 152).toBe(true);
  });

  test.each([1, 2])('keeps its objectives with seed %i', (seed) => {
    expect(broken(document, seed)).toEqual([]);
  });
});

describe('what the examples show', () => {
  test('varying readers: with 48 hours of retention the daily load misses nothing', () => {
    const document = example('varying-readers');
    const sentences = broken(withConfig(document, 'product-events', 'retention.ms', 48 * 3_600_000), 1);
    expect(sentences).toContainEqual(expect.stringMatching(/^records\.expired of warehouse load.*it is 0 records\.$/));
  });

  test('purchase: from an outage that does not end the account service does not catch up', () => {
    const document = example('purchase');
    const faults = document.scenario.faults.filter((fault) => fault.action !== 'outage.end');
    const sentences = broken({ ...document, scenario: { ...document.scenario, faults } }, 1);
    expect(sentences).toContainEqual(expect.stringMatching(/^lag\.seconds of account, last/));
  });

  test('gym booking: gateways of half the rate fall behind', () => {
    const document = example('gym-booking');
    expect(broken(withConfig(document, 'notify', 'rate.limit', 20), 1)).toContainEqual(expect.stringMatching(/^lag\.seconds of gateways/));
  });

  test('replicated orders: with acks=all the fast shop loses nothing either, with acks=1 the safe one does', () => {
    const document = example('replicated-orders');
    const careful = broken(withConfig(document, 'shop-one', 'acks', 'all'), 1);
    expect(careful).toEqual([expect.stringMatching(/^records\.lost of orders\.fast.*it is 0 records\.$/)]);
    const hasty = broken(withConfig(document, 'shop-all', 'acks', '1'), 1);
    expect(hasty).toEqual([
      expect.stringMatching(/^records\.lost of orders\.safe, total, must be exactly 0 records; it is \d\d+ records\.$/),
    ]);
  });

  test('replicated orders: a broker that does not return leaves copies missing', () => {
    const document = example('replicated-orders');
    const faults = document.scenario.faults.filter((fault) => fault.action !== 'broker.restart');
    const sentences = broken({ ...document, scenario: { ...document.scenario, faults } }, 1);
    expect(sentences).toEqual([
      expect.stringMatching(/^partitions\.under-replicated of orders\.safe.*it is 3 partitions\.$/),
      expect.stringMatching(/^partitions\.under-replicated of orders\.fast.*it is 3 partitions\.$/),
    ]);
  });

  test('account balance: accounts that are not closed stay in the table, and without compaction it is no table', () => {
    const document = example('account-balance');
    const open = broken(withConfig(document, 'closures', 'value.null.share', 0), 1);
    expect(open).toContainEqual(
      expect.stringMatching(/^records\.kept of balances, last, must be at most 500 records; it is 5\d\d records\.$/),
    );
    const kept = broken(withConfig(document, 'balances', 'cleanup.policy', 'delete'), 1);
    expect(kept).toContainEqual(expect.stringMatching(/^records\.total of new view/));
  });

  test('exactly once: without transactions payments are booked again, and with them at least once is not what it says', () => {
    const document = example('exactly-once');
    const repeats = broken(withConfig(document, 'book-once', 'processing.guarantee', 'at_least_once'), 1);
    expect(repeats).toEqual([
      expect.stringMatching(/^records\.total of accounts, exactly once, total, must be exactly 4000 records; it is 4\d\d\d records\.$/),
    ]);
    const exact = broken(withConfig(document, 'book-repeat', 'processing.guarantee', 'exactly_once_v2'), 1);
    expect(exact).toEqual([expect.stringMatching(/^records\.total of accounts, at least once.*it is 4000 records\.$/)]);
  });

  test('notification fan-out: with two workers the share group has no spare one, and SMS wait', () => {
    const document = example('notification-fan-out');
    const sentences = broken(withConfig(document, 'sms-share', 'instances', 2), 1);
    expect(sentences).toContainEqual(expect.stringMatching(/^latency\.ms of SMS, share group, p99, must be at most 3000 ms; it is \d{4,}/));
  });

  test('consumer v2: a new view that is slower than the orders come never catches up', () => {
    const sentences = broken(withConfig(example('consumer-v2'), 'v2', 'service.time.ms', 16), 1);
    expect(sentences).toContainEqual(expect.stringMatching(/^lag\.seconds of order view v2, last, must be at most 1 s/));
  });

  test('hot key: six counters from the start are no help, a service that is twice as fast is', () => {
    const document = example('hot-key');
    expect(broken(withConfig(document, 'counter', 'instances', 6), 1)).toEqual([]);
    expect(broken(withConfig(document, 'counter', 'service.time.ms', 4), 1)).toEqual([
      expect.stringMatching(/^lag\.seconds of click counter, last, must be at least 30 s; it is 0 s\.$/),
    ]);
  });

  test.each([
    ['invalid-users', 'filter', /\n {2}WHERE [^\n]+/, '', /^records\.total of security desk, total, must be at most 600/],
    ['possible-fraud', 'count', 'HAVING COUNT(*) > 3', 'HAVING COUNT(*) > 1', /^records\.total of fraud desk, total, must be at most 240/],
    [
      'vip-actions',
      'join',
      "WHERE u.level = 'Platinum'",
      "WHERE u.level <> 'Platinum'",
      /^records\.total of personal assistants, total, must be at most 1400/,
    ],
    [
      'orders-denormalised',
      'join',
      'o.customer_id = c.id',
      'o.status = c.id',
      /^records\.total of order page, total, must be at least 1501/,
    ],
    [
      'customer-360',
      'profile',
      'JOIN cases s ON c.id = s.id',
      "JOIN cases s ON c.id = s.id WHERE mood = 'cross'",
      /^records\.total of service desk screen, total, must be at least 2500/,
    ],
    ['iot-enrichment', 'enrich', 'LEFT JOIN', 'JOIN', /^records\.total of history, total, must be exactly 6000/],
    ['trade-risk', 'risk', '> 8000000', '> 8000', /^records\.total of risk officers, total, must be at most 6000/],
  ] as const)('%s: what %s says is what comes out', (name, node, part, other, sentence) => {
    const document = example(name);
    const sql = String(document.nodes.find(({ id }) => id === node)!.config['sql']);
    expect(sql.replace(part, other)).not.toBe(sql);
    expect(broken(withConfig(document, node, 'sql', sql.replace(part, other)), 1)).toContainEqual(expect.stringMatching(sentence));
  });

  test('retention: a topic that keeps ten minutes loses nothing of what the slow reader has not read', () => {
    const sentences = broken(withConfig(example('retention'), 'measurements', 'retention.ms', 600_000), 1);
    expect(sentences).toContainEqual(expect.stringMatching(/^records\.expired of anomaly detector.*it is 0 records\.$/));
  });
});

test('[RUN-3] an example that is stored in its middle and goes on elsewhere ends with the same fingerprint and report', () => {
  const complete = example('gym-booking');
  const durationMs = 120_000;
  const document = { ...complete, scenario: { ...complete.scenario, durationMs } };
  const whole = runTo(start(document), durationMs);
  const first = start(document);
  advance(first, { untilUs: Infinity, maxEvents: 123_457 });
  const stored = checkpoint(first);
  const second = restore(first.topology, stored);
  runTo(second, durationMs);
  expect(fingerprint(second)).toBe(fingerprint(whole));
  expect(reportOf(second)).toEqual(reportOf(whole));
  // The checkpoint is a copy: the run it was taken from goes on as if it had not been.
  expect(fingerprint(runTo(first, durationMs))).toBe(fingerprint(whole));
});
