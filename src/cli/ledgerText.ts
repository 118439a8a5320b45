/** The ledger of a report for people: by reader, by route from source to sink, and the first causes of what did not arrive as it should. */
import type { LedgerCause, LedgerRoute } from '../engine/report/ledgerReport.ts';
import type { Report } from '../engine/report/report.ts';
import { counted, formatCount } from './format.ts';
import { left, renderTable, right, section } from './table.ts';

/** Causes and ranges of a cause printed; the JSON report has them all. */
const causesMax = 12;
const rangesMax = 3;

const readerColumns = [
  ['produced', 'produced'],
  ['markers', 'markers'],
  ['processed', 'processed'],
  ['processedAgain', 'again'],
  ['filtered', 'filtered'],
  ['failed', 'failed'],
  ['expiredUnread', 'expired unread'],
  ['skippedByReset', 'skipped by reset'],
  ['steppedOver', 'stepped over'],
  ['lost', 'lost'],
  ['underWay', 'under way'],
] as const;

function readersText({ ledger }: Report): string {
  if (ledger.paths.length === 0) return '';
  const rows = ledger.paths.map((path) => [path.node, ...readerColumns.map(([field]) => formatCount(path[field]))]);
  const title = 'Ledger: what became of the records each node reads (lost: cut off with a leader, acknowledged or not)';
  return section(title, renderTable([left('node'), ...readerColumns.map(([, name]) => right(name))], rows));
}

/** Columns of routes; those that may be left out are, where they are 0 on every route. */
const routeColumns: readonly (readonly [keyof LedgerRoute & string, string, 'always' | 'where-any'])[] = [
  ['made', 'produced', 'always'],
  ['deliveredOnce', 'once', 'always'],
  ['duplicated', 'duplicated', 'always'],
  ['reordered', 'reordered', 'always'],
  ['lost', 'lost', 'always'],
  ['givenUp', 'given up', 'where-any'],
  ['expired', 'expired', 'where-any'],
  ['skipped', 'skipped', 'where-any'],
  ['failed', 'failed', 'where-any'],
  ['deadLettered', 'dead-lettered', 'where-any'],
  ['archived', 'archived', 'where-any'],
  ['aborted', 'aborted', 'where-any'],
  ['compacted', 'compacted', 'where-any'],
  ['deduplicated', 'deduplicated', 'where-any'],
  ['filtered', 'filtered', 'where-any'],
  ['underWay', 'under way', 'always'],
];

function routesText({ ledger: { routes }, nodes, topics }: Report): string {
  if (routes.length === 0) return '';
  const nameOf = (id: string): string => nodes.find(({ node }) => node === id)?.name ?? topics.find(({ node }) => node === id)?.name ?? id;
  const columns = routeColumns.filter(([field, , when]) => when === 'always' || routes.some((route) => route[field] !== 0));
  const rows = routes.map((route) => [
    nameOf(route.source),
    nameOf(route.topic),
    nameOf(route.sink),
    ...columns.map(([field]) => formatCount(Number(route[field]))),
  ]);
  const titles = [left('source'), left('… through'), left('to'), ...columns.map(([, name]) => right(name))];
  return section(
    'Ledger: what became of the records each source made (reordered ones are among those delivered)',
    renderTable(titles, rows),
  );
}

function rangesOf({ offsets, sequences, recordsLeftOut }: LedgerCause): string {
  const ranges = [
    ...offsets.map(({ topic, partition, from, to }) => `${topic}-${partition} ${from}–${to - 1}`),
    ...sequences.map(({ source, from, to }) => `records ${from}–${to - 1} of ${source}`),
  ];
  const more = ranges.length - rangesMax;
  const shown = ranges.slice(0, rangesMax);
  if (more > 0) shown.push(`and ${counted(more, 'more range')}`);
  if (recordsLeftOut > 0) shown.push(`and ${counted(recordsLeftOut, 'record')} in no range`);
  return shown.length === 0 ? '' : ` (${shown.join(', ')})`;
}

const fateWords: Readonly<Partial<Record<LedgerCause['fate'], string>>> = { givenUp: 'given up', deadLettered: 'dead-lettered' };

function causesText({ ledger: { causes, forgottenUpTo }, nodes }: Report): string {
  // What the design does on purpose all the time explains itself by its count.
  const told = causes.filter(({ fate }) => fate !== 'filtered' && fate !== 'compacted');
  const lines = told.slice(0, causesMax).map((cause) => {
    const where = nodes.find(({ node }) => node === cause.node)?.name ?? cause.node;
    return `  ${fateWords[cause.fate] ?? cause.fate}, ${counted(cause.records, 'record')} at ${where}: ${cause.sentence}${rangesOf(cause)}`;
  });
  if (told.length > causesMax) lines.push(`  … and ${counted(told.length - causesMax, 'more cause')}; --json shows all`);
  if (forgottenUpTo > 0)
    lines.push(
      `  The first ${formatCount(forgottenUpTo)} records of each source are no longer known one by one: what still comes of them counts as a delivery too many.`,
    );
  return lines.length === 0 ? '' : section('Causes, by the time they began', lines.join('\n'));
}

/** What became of the records; empty parts are left out. */
export function ledgerText(report: Report): string {
  return readersText(report) + routesText(report) + causesText(report);
}
