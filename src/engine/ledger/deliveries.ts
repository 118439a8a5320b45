/** Records at their ends: delivered to a sink, or gone on the way. By identity, so that a copy made anywhere upstream is known as one. */
import { addIdentity, createIdentitySet, hasIdentity } from '../measures/identitySet.ts';
import { type Ending, endings } from './endings.ts';
import type { LedgerState, SinkLedger } from './state.ts';

/** What a path table has of roots. */
interface Paths {
  readonly parents: readonly number[];
  readonly steps: readonly number[];
}

/** The source at the root of a path. */
export function rootOf({ parents, steps }: Paths, path: number): number {
  let at = path;
  while (parents[at]! >= 0) at = parents[at]!;
  return steps[at]!;
}

/** A sink has processed a record. True when it comes for the first time, after a later one of its key. */
export function noteDelivered(ledger: LedgerState, sink: SinkLedger, source: number, sequence: number, key: number): boolean {
  if (ledger.contributors.size > 0) {
    const parts = ledger.contributors.get(source)?.[sequence];
    if (parts !== undefined) {
      for (const part of parts) noteDelivered(ledger, sink, part.source, part.sequence, -1);
      return false;
    }
  }
  if (!addIdentity(sink.delivered, source, sequence)) {
    sink.extraCount[source]!++;
    if (addIdentity(sink.again, source, sequence)) sink.repeatedCount[source]!++;
    return false;
  }
  sink.deliveredCount[source]!++;
  takeBackEnding(sink, source, sequence);
  return key >= 0 && !isInOrder(sink, source, sequence, key);
}

/** A record whose ending was noted comes after all: a copy of it was lost, or its log came back. */
function takeBackEnding(sink: SinkLedger, source: number, sequence: number): void {
  const { ended, endedCount } = sink;
  for (let i = 0; i < ended.length; i++) {
    const set = ended[i]!;
    if (set !== null && hasIdentity(set, source, sequence)) {
      endedCount[i]![source]!--;
      return;
    }
  }
}

/** Keys in a page of the largest sequences: ids of a range of keys lie side by side. */
const pageBits = 10;

function isInOrder(sink: SinkLedger, source: number, sequence: number, key: number): boolean {
  const page = pageOf(sink.largest[source]!, key >>> pageBits);
  const place = key & ((1 << pageBits) - 1);
  if (sequence >= page[place]!) {
    page[place] = sequence + 1;
    return true;
  }
  sink.reorderedCount[source]!++;
  return false;
}

/** The page that was asked for last: the next record's key mostly lies in the same. */
const lastPage = { pages: new Map<number, Uint32Array>(), number: -1, page: new Uint32Array(0) as Uint32Array };

function pageOf(pages: Map<number, Uint32Array>, number: number): Uint32Array {
  if (lastPage.pages === pages && lastPage.number === number) return lastPage.page;
  let page = pages.get(number);
  if (page === undefined) pages.set(number, (page = new Uint32Array(1 << pageBits)));
  lastPage.pages = pages;
  lastPage.number = number;
  lastPage.page = page;
  return page;
}

/** A record's batch is sent again without a number while others are on their way: it may come behind them. */
export function noteResent(ledger: LedgerState, source: number, sequence: number): void {
  ledger.resent ??= createIdentitySet(ledger.sources);
  addIdentity(ledger.resent, source, sequence);
}

/** The counts of a sink with records on top that are served and not yet noted. */
export interface SinkCounts extends Pick<SinkLedger, 'deliveredCount' | 'repeatedCount' | 'extraCount' | 'reorderedCount' | 'endedCount'> {
  /** Identities on top, as numbers, with how often they came. */
  readonly seen: Map<number, number>;
}

export function countsOfSink(sink: SinkLedger): SinkCounts {
  const { deliveredCount, repeatedCount, extraCount, reorderedCount, endedCount } = sink;
  return {
    deliveredCount: [...deliveredCount],
    repeatedCount: [...repeatedCount],
    extraCount: [...extraCount],
    reorderedCount,
    endedCount: endedCount.map((counts) => [...counts]),
    seen: new Map(),
  };
}

/** One more record for the counts; the sink's sets stay as they are. Order is told when the poll is over. */
export function countServed(sink: SinkLedger, counts: SinkCounts, source: number, sequence: number, ending: Ending | null): void {
  const number = source * 2 ** 32 + sequence;
  const times = counts.seen.get(number) ?? 0;
  const before = hasIdentity(sink.delivered, source, sequence);
  if (ending !== null) {
    if (!before && times === 0 && !hasEnded(sink, source, sequence)) counts.endedCount[endings.indexOf(ending)]![source]!++;
    return;
  }
  counts.seen.set(number, times + 1);
  if (!before && times === 0) {
    counts.deliveredCount[source]!++;
    const place = sink.ended.findIndex((set) => set !== null && hasIdentity(set, source, sequence));
    if (place >= 0) counts.endedCount[place]![source]!--;
    return;
  }
  counts.extraCount[source]!++;
  const isSecond = before ? times === 0 && !hasIdentity(sink.again, source, sequence) : times === 1;
  if (isSecond) counts.repeatedCount[source]!++;
}

/** A record has ended for the sinks it might have come to from a node. The first ending noted stands until the record is delivered after all. */
export function noteEnding(
  ledger: LedgerState,
  sinks: readonly number[],
  record: { readonly source: number; readonly sequence: number },
  ending: Ending,
): void {
  const { source, sequence } = record;
  const place = endings.indexOf(ending);
  for (const index of sinks) {
    const sink = ledger.sinks[index]!;
    if (hasIdentity(sink.delivered, source, sequence) || hasEnded(sink, source, sequence)) continue;
    while (sink.ended.length <= place) sink.ended.push(null);
    const set = (sink.ended[place] ??= createIdentitySet(ledger.sources));
    addIdentity(set, source, sequence);
    sink.endedCount[place]![source]!++;
  }
}

function hasEnded({ ended }: SinkLedger, source: number, sequence: number): boolean {
  for (const set of ended) if (set !== null && hasIdentity(set, source, sequence)) return true;
  return false;
}

/** Bytes that the sets of a ledger may take, and what a chunk of a set takes. */
const identityBytesMax = 64 * 1024 * 1024;
const chunkBytes = 516;
const chunkRecords = 4096;

/** Gives up the oldest chunks of deliveries while the sets take more than `bytesMax`: their records count as delivered from then on. */
export function boundLedger(ledger: LedgerState, bytesMax = identityBytesMax): void {
  const sets = ledger.sinks.flatMap(({ delivered, again, ended }) => [delivered, again, ...ended.filter((set) => set !== null)]);
  let bytes = 0;
  let chunks = 0;
  for (const { chunks: bySource } of sets)
    for (const list of bySource) {
      chunks = Math.max(chunks, list.length);
      for (const chunk of list) if (chunk !== null && chunk !== 'full') bytes += chunkBytes;
    }
  for (let number = 0; number < chunks && bytes > bytesMax; number++) {
    for (const { chunks: bySource } of sets)
      for (const list of bySource) {
        const chunk = list[number];
        if (chunk === undefined || chunk === null || chunk === 'full') continue;
        list[number] = 'full';
        bytes -= chunkBytes;
      }
    ledger.forgottenUpTo = Math.max(ledger.forgottenUpTo, (number + 1) * chunkRecords);
  }
}
