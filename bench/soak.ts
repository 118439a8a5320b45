/**
 * `npm run soak`: a thousand random schedules in which brokers die, return and are cut off, each checked after every event. A seed that fails prints one line: the command
 * that replays it with the checks, and the document it has written, which `npm run logjam -- run` and the designer replay without them.
 * `-- --seed 17` replays one; `-- --from 5000 --count 200` runs others. `-- --designs` does the same with whole designs, drawn at random with all there is; `-- --groups` with schedules
 * in which members of groups fail, too, and what every client did and learned is judged in the end. `-- --planted` puts one bug after the other into the engine and says which check finds it;
 * `--bug no-fencing`, once or more, only those.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { inProject } from '../scripts/project.js';
import { runWatched, unrepaired } from '../src/engine/run/schedules/clusterInvariants.ts';
import { judgeSeed } from '../src/engine/run/schedules/groupScheduleChecks.ts';
import { mixedScheduleOf } from '../src/engine/run/schedules/groupScheduleMix.ts';
import { groupReplayLine } from '../src/engine/run/schedules/groupSchedules.ts';
import { replayLine, scheduleMs, scheduleOf } from '../src/engine/run/schedules/faultSchedules.ts';
import { start } from '../src/engine/run/harness.ts';
import { wholeDesignProblems } from '../src/engine/run/schedules/wholeDesignChecks.ts';
import { designOf, designReplayLine } from '../src/engine/run/schedules/wholeDesigns.ts';
import { plantedBugs } from './planted/bugs.ts';
import { hunt, type Hunt } from './planted/plant.ts';
import type { PipelineDocument } from '../src/pipeline/document.ts';
import { serializeDocument } from '../src/pipeline/serialize.ts';

function write(folderName: string, seed: number, document: PipelineDocument): void {
  const folder = inProject('.cache', folderName);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, `${seed}.json`), serializeDocument(document));
}

/** Writes the schedule as a document. */
const writeSchedule = (seed: number): void => write('fault-schedules', seed, scheduleOf(seed));

interface Outcome {
  readonly failure: string | null;
  readonly events: number;
  readonly acknowledged: number;
}

function runSchedule(seed: number): Outcome {
  const run = start(scheduleOf(seed));
  try {
    const { violations, timeMs, events, acknowledged } = runWatched(run, scheduleMs);
    const left = violations.length > 0 ? violations : unrepaired(run);
    return { failure: left.length > 0 ? `at ${timeMs} ms: ${left.join('; ')}` : null, events, acknowledged };
  } catch (error) {
    return { failure: `at ${run.state.events.nowUs / 1000} ms: ${String(error)}`, events: 0, acknowledged: 0 };
  }
}

/** Whole designs instead of fault schedules. */
function soakDesigns(from: number, count: number): number {
  const startedMs = Date.now();
  let failed = 0;
  for (let seed = from; seed < from + count; seed++) {
    let problem: string | undefined;
    try {
      problem = wholeDesignProblems(seed)[0];
    } catch (error) {
      problem = String(error);
    }
    if (problem !== undefined) failed++;
    if (problem !== undefined || count === 1) {
      write('whole-designs', seed, designOf(seed));
      console.log(`seed ${seed} ${problem ?? 'holds'} | ${designReplayLine(seed)}`);
    }
  }
  console.log(`${count - failed} of ${count} whole designs hold, ${((Date.now() - startedMs) / 1000).toFixed(1)} s`);
  return failed === 0 ? 0 : 1;
}

/** Schedules of groups. */
function soakGroups(from: number, count: number): number {
  const startedMs = Date.now();
  let failed = 0;
  let events = 0;
  let operations = 0;
  for (let seed = from; seed < from + count; seed++) {
    const outcome = judgeSeed(seed);
    events += outcome.events;
    operations += outcome.operations;
    const problem = outcome.problems[0];
    if (problem !== undefined) failed++;
    if (problem !== undefined || count === 1) {
      write('group-schedules', seed, mixedScheduleOf(seed));
      console.log(`seed ${seed} ${problem === undefined ? 'holds' : `${problem.check}: ${problem.sentence}`} | ${groupReplayLine(seed)}`);
    }
  }
  const seconds = ((Date.now() - startedMs) / 1000).toFixed(1);
  console.log(
    `${count - failed} of ${count} group schedules hold: ${events} events checked, ${operations} operations of clients judged, ${seconds} s`,
  );
  return failed === 0 ? 0 : 1;
}

/** Every planted bug, at least this part of which must be found, within as many schedules at most. */
const foundShareMin = 0.95;

async function soakPlanted(from: number, count: number, named: readonly string[]): Promise<number> {
  const hunts: Hunt[] = [];
  const unknown = named.find((name) => !plantedBugs.some((bug) => bug.name === name));
  if (unknown !== undefined) throw new Error(`--bug ${unknown}: there is no such bug; bench/planted/bugs.ts lists them.`);
  for (const bug of plantedBugs) {
    if (named.length > 0 && !named.includes(bug.name)) continue;
    const found = await hunt(bug, { from, seedsMax: count });
    hunts.push(found);
    const result =
      found.check === null ? `not found in ${found.seeds}` : `${found.check}, ${found.seeds === 1 ? 'first seed' : `${found.seeds} seeds`}`;
    console.log(`${bug.name.padEnd(22)} ${result.padEnd(40)} ${bug.what}`);
  }
  const found = hunts.filter(({ check }) => check !== null).length;
  console.log(`${found} of ${hunts.length} planted bugs found`);
  return found >= hunts.length * foundShareMin ? 0 : 1;
}

async function main(): Promise<number> {
  const options = {
    seed: { type: 'string' },
    from: { type: 'string' },
    count: { type: 'string' },
    designs: { type: 'boolean' },
    groups: { type: 'boolean' },
    planted: { type: 'boolean' },
    bug: { type: 'string', multiple: true },
  } as const;
  const { values } = parseArgs({ options });
  const from = Number(values.seed ?? values.from ?? 0);
  const count = values.seed === undefined ? Number(values.count ?? 1000) : 1;
  if (!Number.isInteger(from) || !Number.isInteger(count)) throw new Error('--seed, --from and --count take whole numbers.');
  if (values.designs === true) return soakDesigns(from, values.count === undefined && values.seed === undefined ? 200 : count);
  if (values.planted === true) return soakPlanted(from, count, values.bug ?? []);
  if (values.groups === true) return soakGroups(from, count);
  const startedMs = Date.now();
  let failed = 0;
  let events = 0;
  let acknowledged = 0;
  for (let seed = from; seed < from + count; seed++) {
    const outcome = runSchedule(seed);
    events += outcome.events;
    acknowledged += outcome.acknowledged;
    if (outcome.failure !== null) {
      failed++;
      writeSchedule(seed);
      console.log(`seed ${seed} ${outcome.failure} | ${replayLine(seed)}`);
    } else if (values.seed !== undefined) {
      writeSchedule(seed);
      console.log(`seed ${seed} holds | ${replayLine(seed)}`);
    }
  }
  const seconds = ((Date.now() - startedMs) / 1000).toFixed(1);
  console.log(
    `${count - failed} of ${count} fault schedules hold: ${events} events checked, ${acknowledged} batches acknowledged by all in-sync replicas, ${seconds} s`,
  );
  return failed === 0 ? 0 : 1;
}

process.exitCode = await main();
