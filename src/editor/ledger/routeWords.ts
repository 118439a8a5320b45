/** Routes and causes in words. */
import type { PipelineDocument } from '../../pipeline/index.ts';
import type { LedgerCause, LedgerReport, LedgerRoute } from '../../workers/protocol.ts';
import { formatCount } from '../format/numbers.ts';
import { type Fate, fateWords, partsOf, sumOf } from './fates.ts';

export type Names = ReadonlyMap<string, string>;

export function namesOf({ nodes }: PipelineDocument): Names {
  return new Map(nodes.map(({ id, name }) => [id, name]));
}

/** What tells a route from others, run after run. */
export function routeKey({ source, topic, sink }: LedgerRoute): string {
  return [source, topic, sink].join('\n');
}

/** The stations of a route; `…` where others lie between its source and the topic its sink reads. */
export function stationsOf({ source, topic, sink }: LedgerRoute, { edges }: Pick<PipelineDocument, 'edges'>): readonly string[] {
  const direct = edges.some((edge) => edge.source === source && edge.target === topic);
  return [source, ...(direct ? [] : ['…']), topic, sink];
}

/** `checkout to search-index`, for ears and headings. */
export function routeName({ source, sink }: LedgerRoute, names: Names): string {
  return `${names.get(source) ?? source} to ${names.get(sink) ?? sink}`;
}

/** A route's bar in one sentence. */
export function barWords(route: LedgerRoute): string {
  if (route.made === 0) return 'No records yet.';
  const parts = partsOf(route).map(({ fate, records }) => `${formatCount(records)} ${fateWords[fate].label}`);
  return `Of ${formatCount(route.made)} records: ${parts.join(', ')}.`;
}

/** Whether nothing has got out of sight, in words. */
export function sumWords(route: LedgerRoute): { readonly adds: boolean; readonly words: string } {
  if (route.made === 0) return { adds: true, words: 'Nothing produced yet' };
  const sum = sumOf(route);
  const adds = sum === route.made;
  const words = `${formatCount(route.made)} produced`;
  return { adds, words: adds ? `${words}, all accounted for` : `${words}, but ${formatCount(sum)} accounted for` };
}

/** The causes of a route's count, in the order of their beginning. */
export function causesOf({ causes }: LedgerReport, route: LedgerRoute, fate: Fate): readonly LedgerCause[] {
  const ids = new Set(route.causes);
  return causes.filter((cause) => cause.fate === fate && ids.has(cause.id));
}

/** Why causes count other than the route; null where they do not. */
export function differenceWords(causes: readonly LedgerCause[], records: number): string | null {
  const sum = causes.reduce((total, cause) => total + cause.records, 0);
  if (causes.length === 0 || sum === records) return null;
  return `Causes count where things happened, ${formatCount(sum)} records in all: one may be counted by several, and may have come or gone another way since.`;
}

/** `offsets 120 to 159`, `offset 7`. */
export function rangeWords(noun: 'offset' | 'record', { from, to }: { readonly from: number; readonly to: number }): string {
  return to - from === 1 ? `${noun} ${formatCount(from)}` : `${noun}s ${formatCount(from)} to ${formatCount(to - 1)}`;
}

/** `1 record`, `2 records`. */
export function countWords(records: number): string {
  return `${formatCount(records)} ${records === 1 ? 'record' : 'records'}`;
}
