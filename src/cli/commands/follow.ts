import {
  advance,
  compile,
  createRun,
  findRecord,
  follow,
  followOn,
  followProgress,
  journeyOf,
  type Run,
  type Topology,
} from '../../engine/index.ts';
import type { RecordJourney } from '../../engine/report/recordJourney.ts';
import { findingsText } from '../findingsText.ts';
import { printable } from '../format.ts';
import { gzip } from '../gzip.ts';
import { ExitCode, type Io } from '../io.ts';
import { journeyText } from '../journeyText.ts';
import { findingsOfFile, loadDocument } from '../load.ts';
import { parseDurationMs, parseSeed } from '../options.ts';
import { Refusal, refusal } from '../refusal.ts';

export interface FollowOptions {
  readonly record: string;
  readonly seed?: string;
  readonly until?: string;
  readonly set?: readonly string[];
  readonly json?: boolean;
}

interface Place {
  readonly partition: number;
  readonly offset: number;
}

const eventsASlice = 20_000;

/** `follow`: the way of one record, found by topic, partition and offset, from its producer to everybody who reads it. */
export async function followCommand(file: string, options: FollowOptions, io: Io): Promise<ExitCode> {
  const { document, findings: openFindings } = await loadDocument(file, options, io);
  const { topology, findings } = compile(document, { gzip });
  const said = findingsOfFile(file, openFindings, findings);
  if (topology === null) throw new Refusal(said);
  const seed = options.seed === undefined ? document.scenario.seed : parseSeed(options.seed);
  const untilMs = options.until === undefined ? document.scenario.durationMs : parseDurationMs(options.until, '--until');
  const journey = await journeyFrom(topology, { seed, untilUs: Math.round(untilMs * 1000), record: options.record }, io);
  io.progress?.('');
  if (journey === null) return ExitCode.interrupted;
  io.err(findingsText(said));
  io.out(options.json === true ? `${JSON.stringify(journey, null, 2)}\n` : journeyText(journey, document));
  return ExitCode.ok;
}

/** Runs until the record is written, and then once more from the start with somebody who follows it. Null when a person has stopped it. */
async function journeyFrom(
  topology: Topology,
  { seed, untilUs, record }: { readonly seed: number; readonly untilUs: number; readonly record: string },
  io: Io,
): Promise<RecordJourney | null> {
  const place = placeOf(createRun(topology, { seed }), record);
  let run: Run | null = null;
  const finder = findRecord(place, () => run!);
  const searched = (run = createRun(topology, { seed, watcher: finder.watcher, ledger: false }));
  const search = () => advance(searched, { untilUs, maxEvents: eventsASlice }).kind !== 'events' || finder.found() !== null;
  if (!(await inSlices(search, () => searched.ctx.events.nowUs / untilUs, io))) return null;
  const found = finder.found();
  if (found === null) throw notWritten(searched, place, record);
  const following = follow(found, untilUs, (watcher) => createRun(topology, { seed, watcher, ledger: false }));
  const goOn = () => followOn(following, eventsASlice).kind === 'over';
  return (await inSlices(goOn, () => followProgress(following), io)) ? journeyOf(following) : null;
}

/** Works until it is over, or a person has stopped it: then false. */
async function inSlices(work: () => boolean, share: () => number, io: Io): Promise<boolean> {
  while (!work()) {
    io.progress?.(`following, ${Math.floor(100 * share())} %`);
    // Signals and output are served between slices only.
    await new Promise((resume) => setImmediate(resume));
    if (io.interrupt?.aborted === true) return false;
  }
  return true;
}

/** Partition and offset of `orders-3@120`. Throws Refusal. */
function placeOf({ ctx, topology }: Run, record: string): Place {
  const match = /^(.+)-(\d+)@(\d+)$/.exec(record.trim());
  const offset = match ? Number(match[3]) : NaN;
  if (!match || !Number.isSafeInteger(offset)) {
    throw refusal(
      'option.not-a-record',
      `--record is "${record}", which names no record.`,
      'Write topic, partition and offset, for example orders-3@120.',
    );
  }
  const name = `${match[1]}-${Number(match[2])}`;
  const partition = ctx.partitions.findIndex((candidate) => `${ctx.topics[candidate.topic]!.name}-${candidate.partition}` === name);
  if (partition >= 0) return { partition, offset };
  // Logs of the cluster itself hold no records of clients.
  const known = ctx.topics.slice(0, topology.topics.length).map((topic) => `${topic.name}-0 to ${topic.name}-${topic.partitionCount - 1}`);
  throw refusal(
    'option.unknown-partition',
    `--record is "${record}", and ${printable(name)} is no partition of this run.`,
    `Use one of ${known.map(printable).join(', ')}.`,
  );
}

function notWritten({ ctx }: Run, { partition, offset }: Place, record: string): Refusal {
  const { logEndOffset } = ctx.partitions[partition]!.log;
  const why =
    offset < logEndOffset
      ? 'What stands at that offset is the marker of a transaction.'
      : `That partition ends at offset ${logEndOffset} by then.`;
  return refusal('option.no-such-record', `--record is "${record}". ${why}`, 'Choose another offset, or a later time with --until.');
}
