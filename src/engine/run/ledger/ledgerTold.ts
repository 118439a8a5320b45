/** The ledger as it is told: routes from source to sink, and causes in sentences. */
import { type CauseState, causeOf, noCause } from '../../ledger/causes.ts';
import { countServed, countsOfSink, type SinkCounts } from '../../ledger/deliveries.ts';
import { endings } from '../../ledger/endings.ts';
import { noteExpired } from '../../ledger/expiry.ts';
import type { LedgerState } from '../../ledger/state.ts';
import type { NodeState } from '../../process/node.ts';
import { clonePlain } from '../../kernel/plainClone.ts';
import { eachServed, endingOf } from '../../process/accounts.ts';
import type { LedgerCause, LedgerRoute } from '../../report/ledgerReport.ts';
import { memberName, sentenceOf } from './ledgerWords.ts';
import { shareFates } from './shareLedger.ts';
import type { EngineContext } from '../state.ts';

/** The account as it stands now: what is served of polls under way and what retention took from readers who have not come there yet are in it. */
export interface PresentLedger {
  readonly ledger: LedgerState;
  /** By sink. */
  readonly counts: readonly SinkCounts[];
  /** By the time they began. */
  readonly causes: readonly CauseState[];
}

export function presentLedger(ctx: EngineContext): PresentLedger | null {
  const { ledger } = ctx;
  if (ledger === null) return null;
  const counts = ledger.sinks.map(countsOfSink);
  const causes = clonePlain({ causes: ledger.causes, causeByName: ledger.causeByName });
  for (const worker of ctx.workers) {
    if (!worker.alive || worker.count === 0 || (worker.phase !== 'serving' && worker.phase !== 'blocked')) continue;
    eachServed(ctx, ledger, worker, (place, { source, sequence }, _key, _slice, _index, outcome) => {
      const ending = endingOf(ctx, worker, outcome);
      if (outcome === 0 || ending !== null) countServed(ledger.sinks[place]!, counts[place]!, source, sequence, ending);
      if (ending === null) return;
      const code = ending === 'failed' ? 'failed' : ending;
      causeOf(causes, { ...noCause, fate: ending, code, node: worker.node }, ctx.events.nowUs).records++;
    });
  }
  expireUnread(ctx, { ...causes, deletions: ledger.deletions });
  return {
    ledger,
    counts,
    causes: causes.causes.filter(({ records }) => records > 0).sort((a, b) => a.firstUs - b.firstUs || a.node - b.node),
  };
}

function expireUnread(ctx: EngineContext, causes: Pick<LedgerState, 'causes' | 'causeByName' | 'deletions'>): void {
  ctx.progress.forEach(({ processedUpTo }, group) => {
    // How far a share group has got its partitions' leaders know.
    if (shareFates(ctx, group) !== null) return;
    const nodes = ctx.nodes.filter((node) => node.group === group);
    for (const topic of new Set(nodes.flatMap(({ inputs }) => inputs))) {
      const { firstPartition, partitionCount } = ctx.topics[topic]!;
      for (let partition = firstPartition; partition < firstPartition + partitionCount; partition++) {
        const from = processedUpTo[partition]!;
        const to = ctx.partitions[partition]!.log.logStartOffset;
        if (to > from) noteExpired(causes, nodes[0]!.index, { partition, from, to }, ctx.events.nowUs);
      }
    }
  });
}

/** Where a ledger's records come from, by number: sources, and stream processors with their results. Their internal records are no part of a ledger. */
function sourcesOf(ctx: EngineContext): { readonly node: NodeState; readonly source: number }[] {
  const producers = ctx.nodes.filter(({ role }) => role === 'producer').map((node, source) => ({ node, source }));
  const streams = ctx.nodes.flatMap((node) => {
    const state = ctx.streams.nodes[node.index];
    return state ? [{ node, source: state.resultsPath }] : [];
  });
  return [...producers, ...streams];
}

/** Records a source has made: one that is sent to some of its topics and not yet to all is made. */
function madeBy(ctx: EngineContext, { index, producer }: NodeState): number {
  const streams = ctx.streams.nodes[index];
  if (streams) return streams.results.next;
  const { sentRecords, topics } = ctx.producers[producer]!;
  return topics.length === 0 ? 0 : Math.ceil(sentRecords / topics.length);
}

export function routesOf(ctx: EngineContext, { ledger, counts, causes }: PresentLedger): LedgerRoute[] {
  return ledger.sinks.flatMap((sink, place) =>
    sourcesOf(ctx).flatMap(({ node, source }): LedgerRoute[] => {
      if (!ledger.sinksFrom[node.index]!.includes(place)) return [];
      const made = madeBy(ctx, node);
      const { deliveredCount, repeatedCount, extraCount, reorderedCount, endedCount } = counts[place]!;
      const delivered = deliveredCount[source]!;
      const ended = Object.fromEntries(endings.map((ending, i) => [ending, endedCount[i]![source]!])) as Record<
        (typeof endings)[number],
        number
      >;
      const gone = endings.reduce((sum, ending) => sum + ended[ending], 0);
      return [
        {
          source: node.id,
          sink: ctx.nodes[sink.node]!.id,
          topic: ctx.topics[sink.topic]!.node,
          made,
          deliveredOnce: delivered - repeatedCount[source]!,
          duplicated: repeatedCount[source]!,
          extraDeliveries: extraCount[source]!,
          reordered: reorderedCount[source]!,
          ...ended,
          underWay: made - delivered - gone,
          causes: causes.flatMap((cause, id) => (leadsTo(ctx, ledger, cause, node.index, place) ? [id] : [])),
        },
      ];
    }),
  );
}

/** Whether what happened at a node can have happened to records of a source on their way to a sink. */
function leadsTo(ctx: EngineContext, ledger: LedgerState, cause: CauseState, sourceNode: number, place: number): boolean {
  const at = ctx.nodes[cause.node];
  if (at === undefined) return false;
  if (at.role === 'producer') return at.index === sourceNode;
  const sink = ledger.sinks[place]!;
  const isLast = ledger.sinkAt[at.index]!.length > 0;
  const comesThrough = isLast ? at.index === sink.node : ledger.sinksFrom[at.index]!.includes(place);
  // Results of a stream processor are records of its own, which it may have given up.
  if (at.index === sourceNode && ctx.streams.nodes[at.index] && cause.sequences.length > 0) return true;
  if (!comesThrough) return false;
  const { offsets } = cause;
  if (!isLast) return true;
  for (let i = 0; i < offsets.length; i += 3) if (ctx.partitions[offsets[i]!]!.topic === sink.topic) return true;
  return offsets.length === 0;
}

export function causesTold(ctx: EngineContext, causes: readonly CauseState[]): LedgerCause[] {
  const sources = new Map(sourcesOf(ctx).map(({ node, source }) => [source, node.id]));
  return causes.map((cause, id): LedgerCause => {
    const { offsets, sequences } = cause;
    return {
      id,
      fate: cause.fate,
      node: ctx.nodes[cause.node]!.id,
      firstMs: cause.firstUs / 1000,
      lastMs: cause.lastUs / 1000,
      countedMs: cause.countedUs / 1000,
      member: cause.member < 0 ? null : memberName(ctx, cause.member),
      broker: cause.broker < 0 ? null : cause.broker,
      sentence: sentenceOf(ctx, cause),
      records: cause.records,
      offsets: Array.from({ length: offsets.length / 3 }, (_, i) => {
        const { topic, partition } = ctx.partitions[offsets[3 * i]!]!;
        const { node, name } = ctx.topics[topic]!;
        return { topicNode: node, topic: name, partition, from: offsets[3 * i + 1]!, to: offsets[3 * i + 2]! };
      }),
      sequences: Array.from({ length: sequences.length / 3 }, (_, i) => ({
        source: sources.get(sequences[3 * i]!) ?? '',
        from: sequences[3 * i + 1]!,
        to: sequences[3 * i + 2]!,
      })).filter(({ source }) => source !== ''),
      recordsLeftOut: cause.leftOut,
    };
  });
}
