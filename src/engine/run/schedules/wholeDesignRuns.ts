/** For tests and the soak: the ways a host may run one design. All of them must come to the same run. */
import type { PipelineDocument } from '../../../pipeline/document.ts';
import type { RunWatcher } from '../../broker/watcher.ts';
import { clonePlain } from '../../kernel/plainClone.ts';
import { nextBelow, type RandomStream } from '../../kernel/random.ts';
import { stampImage } from '../../log/blockImage.ts';
import { blockImage, confirmStored, evictToBudget, provideBlock, takeDeletions, takeSealed } from '../../log/residency.ts';
import { advance } from '../advance.ts';
import type { Run } from '../build.ts';
import { checkpoint, restore, storableCheckpoint } from '../checkpoint.ts';
import { clusterViewOf } from '../views/clusterView.ts';
import { start } from '../harness.ts';
import { reportOf } from '../views/report.ts';

/** Events in one microsecond beyond which time does not go on. */
const eventsAtOnceMax = 50_000;
const eventsMax = 3_000_000;
/** So few that small runs have many blocks. */
const blockRecords = 24;

/** The run of a design at its start, with small blocks. */
export function startDesign(document: PipelineDocument, watcher: RunWatcher | null = null): Run {
  const run = start(document, { watcher });
  for (const { log } of run.state.partitions) (log as { blockRecordsMax: number }).blockRecordsMax = blockRecords;
  return run;
}

/** What a host does between two slices; gives the run to go on with. */
export interface Host {
  readonly between: (run: Run) => Run;
  /** Brings back a block. */
  readonly provide?: (run: Run, partition: number, block: number) => void;
}

/** Runs to the end in slices of so many events. Throws where time stands still or a block is asked for that nobody has. */
export function runHosted(from: Run, host: Host, slice: () => number): Run {
  let run = from;
  const untilUs = run.ctx.plan.durationUs;
  let momentUs = -1;
  let eventsAtOnce = 0;
  for (;;) {
    const before = run.ctx.events.taken;
    let outcome = advance(run, { untilUs, maxEvents: slice() });
    while (outcome.kind === 'waiting') {
      if (host.provide === undefined) throw new Error(`block ${outcome.block} of partition ${outcome.partition} is missing`);
      host.provide(run, outcome.partition, outcome.block);
      outcome = advance(run, { untilUs, maxEvents: 1 });
    }
    if (outcome.kind === 'bounded') throw new Error(`bounded: ${outcome.bound}`);
    const { nowUs, taken } = run.ctx.events;
    eventsAtOnce = nowUs === momentUs ? eventsAtOnce + taken - before : 0;
    momentUs = nowUs;
    if (eventsAtOnce > eventsAtOnceMax) throw new Error(`time does not go on: ${eventsAtOnce} events at ${nowUs} µs`);
    if (taken > eventsMax) throw new Error(`more than ${eventsMax} events at ${nowUs} µs`);
    run = host.between(run);
    if (outcome.kind === 'reached') return run;
  }
}

/** A host that stores every sealed block at once and keeps none in memory. */
export function evictingHost(after: (run: Run) => Run = (run) => run): Host {
  const images = new Map<string, ArrayBuffer>();
  const between = (run: Run): Run => {
    const logs = run.state.partitions.map(({ log }) => log);
    logs.forEach((log, partition) => {
      for (const block of takeSealed(log)) {
        const image = blockImage(log, block);
        stampImage(image);
        images.set(`${partition}/${block}`, image);
        confirmStored(log, block);
      }
      for (const block of takeDeletions(log)) images.delete(`${partition}/${block}`);
    });
    evictToBudget(logs, 0);
    return after(run);
  };
  const provide = (run: Run, partition: number, block: number): void => {
    const image = images.get(`${partition}/${block}`);
    if (image === undefined) throw new Error(`block ${block} of partition ${partition} is not in the store`);
    provideBlock(run.state.partitions[partition]!.log, block, image.slice(0));
  };
  return { between, provide };
}

/** A host that at random moments, at most `gap` events apart, goes on from a stored or a copied checkpoint, as if the page had been closed and opened. */
export function resumingHost(random: RandomStream, gap: number): Host {
  let next = nextBelow(random, gap);
  return evictingHost((run) => {
    const { taken } = run.ctx.events;
    if (taken < next) return run;
    next = taken + 1 + nextBelow(random, gap);
    if (nextBelow(random, 2) === 0) return restore(run.topology, clonePlain(storableCheckpoint(run)));
    const copy = checkpoint(run);
    // The copy must not follow what the run does after it was taken.
    advance(run, { untilUs: run.ctx.plan.durationUs, maxEvents: 50 });
    return restore(run.topology, copy);
  });
}

/** Everything that may be seen of a run, as text. */
export function seenOf(run: Run): Record<string, string> {
  const { ctx } = run;
  const text = (value: unknown): string => JSON.stringify(value, (_, part: unknown) => (typeof part === 'number' ? String(part) : part));
  const { fingerprint, ...report } = reportOf(run);
  return {
    report: text(report),
    fingerprint,
    cluster: text(clusterViewOf(run)),
    timeline: text(ctx.timeline.entries),
    series: text(ctx.series.values.map((values) => Array.from(values.subarray(0, ctx.series.count)))),
  };
}
