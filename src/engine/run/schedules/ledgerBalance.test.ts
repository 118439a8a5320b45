import { describe, expect, test } from 'vitest';
import type { Fault } from '../../../pipeline/document.ts';
import type { Run } from '../build.ts';
import { runTo, simple, start } from '../harness.ts';
import type { EngineContext } from '../state.ts';
import { ofLedger, runWatched } from './clusterInvariants.ts';
import { createLedgerBalance, type LedgerBalance, sumsProblems } from './ledgerBalance.ts';

/** A sink that commits before it processes and crashes, so that every account has something in it. */
function started(): { readonly run: Run; readonly balance: LedgerBalance } {
  const faults: Fault[] = [
    { atMs: 1_500, action: 'member.crash', node: 'sink', member: 0 },
    { atMs: 2_000, action: 'member.restart', node: 'sink', member: 0 },
  ];
  const document = simple({
    source: { 'workload.rate': 400, 'workload.records': 600 },
    sink: { 'commit.mode': 'before-processing', 'service.time.ms': 5, 'session.timeout.ms': 6_000, 'max.poll.records': 100 },
    faults,
    seconds: 20,
  });
  let ctx: EngineContext | null = null;
  const balance = createLedgerBalance(() => ctx!);
  const run = start(document, { watcher: balance.watcher });
  ctx = run.ctx;
  return { run, balance };
}

describe('the balance of a ledger', () => {
  test('[LED-7] holds after every event of a run that loses records', () => {
    const { run, balance } = started();
    expect(runWatched(run, 20_000, { balance: balance.problems }).violations).toEqual([]);
    expect(run.ctx.ledger!.causes.map(({ fate }) => fate)).toContain('lost');
  });

  test.each<[string, (ctx: EngineContext) => void, RegExp]>([
    ['a client that counts a record too many', (ctx) => ctx.producers[0]!.forgottenRecords++, /producer 0 sent/],
    ['a record that was never read', (ctx) => ctx.metrics[2]!.recordsIn++, /offsets were written/],
    ['a jump that is not counted', (ctx) => (ctx.metrics[2]!.skippedByReset -= 1), /offsets were written/],
    ['a loss without a cause', (ctx) => (ctx.ledger!.causes.find(({ fate }) => fate === 'lost')!.records -= 1), /explained by causes/],
    ['an ending too many', (ctx) => (ctx.ledger!.sinks[0]!.endedCount[0]![0]! += 600), /655 ended/],
    ['an ending taken back twice', (ctx) => (ctx.ledger!.sinks[0]!.endedCount[0]![0]! -= 1), /54 ended/],
  ])('[LED-7] %s is found by the sums alone', (_, change, sentence) => {
    const { run } = started();
    runTo(run, 20_000);
    expect(sumsProblems(run.ctx)).toEqual([]);
    change(run.ctx);
    expect(sumsProblems(run.ctx).join()).toMatch(sentence);
  });

  test.each<[string, (ctx: EngineContext) => void, RegExp]>([
    ['a delivery that nobody served', (ctx) => ctx.ledger!.sinks[0]!.extraCount[0]!++, /services have ended/],
    [
      'an acknowledgement that no client heard of',
      ({ producers }) => {
        producers[0]!.ackedRecords++;
        producers[0]!.sentRecords++;
      },
      /it was told of 600/,
    ],
    [
      'a record taken for another',
      ({ ledger }) => {
        ledger!.sinks[0]!.deliveredCount[0]! -= 1;
        ledger!.sinks[0]!.extraCount[0]! += 1;
      },
      /that were served there/,
    ],
  ])('[LED-7] %s is found by the second account', (_, change, sentence) => {
    const { run, balance } = started();
    runTo(run, 20_000);
    expect(balance.problems(run.ctx)).toEqual([]);
    change(run.ctx);
    expect(balance.problems(run.ctx).join()).toMatch(sentence);
  });

  test('[LED-7] an imbalance ends a watched run at the event after which it stands', () => {
    const { run, balance } = started();
    runTo(run, 1_000);
    run.ctx.metrics[2]!.recordsIn++;
    const { violations, events } = runWatched(run, 20_000, { balance: balance.problems });
    expect(events).toBe(1);
    expect(violations[0]).toContain(ofLedger);
  });
});
