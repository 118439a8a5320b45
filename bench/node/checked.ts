/** What looking costs: the pipeline with its ledger, balanced after every event, beside the pipeline without. */
import { confirmStored, evictToBudget, takeSealed } from '../../src/engine/host.ts';
import { advance, compile, createRun, type Run } from '../../src/engine/index.ts';
import { createLedgerBalance } from '../../src/engine/run/schedules/ledgerBalance.ts';
import type { Figure } from '../figures.ts';
import { ratesInTurn, type Work } from '../timing.ts';
import { documentOf, loads, residentBytesMax } from './pipeline.ts';

const spanUs = 50_000;
const virtualUs = 750_000;

/** Runs on by a span of virtual time, `step` from one look to the next; returns the records committed through the sink. */
function work(run: Run, step: (untilUs: number) => void): Work {
  const logs = run.ctx.partitions.map(({ log }) => log);
  return () => {
    const before = run.ctx.metrics[2]!.recordsIn;
    const endUs = run.ctx.events.nowUs + virtualUs;
    while (run.ctx.events.nowUs < endUs) {
      step(Math.min(endUs, run.ctx.events.nowUs + spanUs));
      for (const log of logs) for (const block of takeSealed(log)) confirmStored(log, block);
      evictToBudget(logs, residentBytesMax);
    }
    return run.ctx.metrics[2]!.recordsIn - before;
  };
}

function plain(): Work {
  const run = createRun(topologyOf(), { ledger: false });
  return work(run, (untilUs) => {
    const { kind } = advance(run, { untilUs, maxEvents: Infinity });
    if (kind !== 'reached') throw new Error(`The bench's run ended: ${kind}.`);
  });
}

function checked(): Work {
  const balance = createLedgerBalance(() => run.ctx);
  const run: Run = createRun(topologyOf(), { watcher: balance.watcher });
  return work(run, (untilUs) => {
    for (;;) {
      const { kind } = advance(run, { untilUs, maxEvents: 1 });
      const [problem] = balance.problems(run.ctx);
      if (problem !== undefined) throw new Error(`The bench's run does not balance: ${problem}.`);
      if (kind === 'reached') return;
      if (kind !== 'events') throw new Error(`The bench's run ended: ${kind}.`);
    }
  });
}

function topologyOf() {
  const { topology } = compile(documentOf(loads[0]!));
  if (topology === null) throw new Error("The bench's document does not compile.");
  return topology;
}

export function measureChecked(): Figure[] {
  const works = [checked(), plain()];
  // The group forms, and the compiler warms up.
  for (const each of works) for (let i = 0; i < 3; i++) each();
  const [rate, plainRate] = ratesInTurn(works, 8);
  return [
    {
      name: 'Pipeline, ledger and checks on',
      value: rate! / 1e6,
      unit: 'M records/s',
      peer: { name: 'the same pipeline without ledger and checks', value: plainRate! / 1e6 },
      floor: 0.5,
      aim: 0.7,
      moreIsBetter: true,
      note: 'batches of 100, 12 partitions, group of 4; balanced against a second account after every event',
    },
  ];
}
