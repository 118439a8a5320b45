/** For tests and the soak: what must hold of the ledger after every event (LED-n). Looks, never touches. */
import { endings } from '../../ledger/endings.ts';
import { inFlightBatches } from '../../producer/inFlight.ts';
import type { LedgerReport } from '../../report/report.ts';
import { ledgerOf } from '../ledger/ledger.ts';
import type { EngineContext } from '../state.ts';

/** Sentences about counts that do not add up; none when all do. What is served up to now must be settled (`settleAll`). */
export function ledgerViolations(ctx: EngineContext): string[] {
  const report = ledgerOf(ctx);
  return [
    ...sendProblems(report),
    ...heldProblems(ctx),
    ...pathProblems(report),
    ...routeProblems(report),
    ...causeProblems(ctx, report),
    ...orderProblems(ctx, report),
    ...setProblems(ctx),
  ];
}

/** What a client counts as under way is what lies in its buffer, sent by now, and on its way. */
function heldProblems(ctx: EngineContext): string[] {
  const { nowUs } = ctx.events;
  return ctx.producers.flatMap((producer) => {
    const { accumulator, index, pendingRecords } = producer;
    if (accumulator === null) return [];
    let held = 0;
    for (const { count, expired } of inFlightBatches(ctx, producer)) if (!expired) held += count;
    for (const local of accumulator.used)
      for (const { count, columns } of accumulator.queues[local]!) for (let i = 0; i < count; i++) if (columns.sentUs[i]! <= nowUs) held++;
    return held === pendingRecords ? [] : [`producer ${index} counts ${pendingRecords} records under way and holds ${held}`];
  });
}

function sendProblems({ sends }: LedgerReport): string[] {
  return sends.flatMap(({ node, sent, acknowledged, givenUp, forgotten, underWay, writtenUnknown }) => {
    const sum = acknowledged + givenUp + forgotten + underWay;
    const found = sum === sent ? [] : [`${node} sent ${sent}, but ${acknowledged} + ${givenUp} + ${forgotten} + ${underWay} is ${sum}`];
    if (writtenUnknown > givenUp + forgotten) found.push(`${node}: ${writtenUnknown} written of ${givenUp + forgotten} that it gave up`);
    return found;
  });
}

function pathProblems({ paths }: LedgerReport): string[] {
  return paths.flatMap(({ node, produced, markers, processed, expiredUnread, skippedByReset, steppedOver, lost, archived, underWay }) => {
    const parts = [processed, expiredUnread, skippedByReset, steppedOver, lost, archived, underWay];
    const sum = parts.reduce((total, part) => total + part, 0);
    if (sum === produced + markers && parts.every((part) => part >= 0)) return [];
    return [`${node} reads ${produced} records and ${markers} markers, but ${parts.join(' + ')} is ${sum}`];
  });
}

function routeProblems({ routes }: LedgerReport): string[] {
  return routes.flatMap((route) => {
    const { source, sink, made, deliveredOnce, duplicated, extraDeliveries, reordered, underWay } = route;
    const name = `${source} to ${sink}`;
    const found = [...endings, 'deliveredOnce', 'duplicated', 'underWay'] as const;
    const problems = found.flatMap((count) => (route[count] >= 0 ? [] : [`${name}: ${count} is ${route[count]}`]));
    const sum = endings.reduce((total, ending) => total + route[ending], deliveredOnce + duplicated + underWay);
    if (sum !== made) problems.push(`${name}: ${made} made, ${sum} accounted for`);
    if (extraDeliveries < duplicated) problems.push(`${name}: ${duplicated} duplicated by ${extraDeliveries} deliveries`);
    if (reordered > deliveredOnce + duplicated) problems.push(`${name}: ${reordered} reordered of ${deliveredOnce + duplicated} delivered`);
    return problems;
  });
}

/** What causes explain is what the legs count. */
function causeProblems(ctx: EngineContext, { paths, causes }: LedgerReport): string[] {
  return paths.flatMap((path) => {
    const { group } = ctx.nodes.find(({ id }) => id === path.node)!;
    const inGroup = new Set(ctx.nodes.filter((node) => node.group === group).map(({ id }) => id));
    const explained = (fate: string): number =>
      causes
        .filter((cause) => cause.fate === fate && inGroup.has(cause.node) && cause.sequences.length === 0)
        .reduce((sum, { records }) => sum + records, 0);
    const counts = { expired: path.expiredUnread, lost: path.lost, skipped: path.skippedByReset, archived: path.archived } as const;
    return Object.entries(counts).flatMap(([fate, count]) =>
      explained(fate) === count ? [] : [`${path.node}: ${count} ${fate}, ${explained(fate)} explained by causes`],
    );
  });
}

/** Every record that came out of order has a cause. */
function orderProblems(ctx: EngineContext, { routes, causes }: LedgerReport): string[] {
  return ctx.nodes.flatMap(({ id }) => {
    const counted = routes.filter(({ sink }) => sink === id).reduce((sum, { reordered }) => sum + reordered, 0);
    const told = causes.filter(({ fate, node }) => fate === 'reordered' && node === id).reduce((sum, { records }) => sum + records, 0);
    return counted === told ? [] : [`${id}: ${counted} reordered, ${told} explained by causes`];
  });
}

/** Counts are the sizes of the sets they go with. */
function setProblems({ ledger }: EngineContext): string[] {
  if (ledger === null) return [];
  return ledger.sinks.flatMap(({ node, delivered, again, deliveredCount, repeatedCount }) => {
    const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
    const right = delivered.size === sum(deliveredCount) && again.size === sum(repeatedCount);
    return right ? [] : [`sink node ${node}: ${delivered.size} and ${again.size} identities for other counts`];
  });
}
