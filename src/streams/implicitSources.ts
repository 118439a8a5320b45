/**
 * Streams that nobody has to declare: topics whose producers say by a template, or by what they replay, what their JSON holds. Values pass unchanged through processors
 * that only choose among records, so that what these write is known too.
 */
import { parseWorkloadCsv } from '../pipeline/csv.ts';
import type { PipelineDocument, PipelineNode } from '../pipeline/document.ts';
import { effectiveConfig } from '../pipeline/effectiveConfig.ts';
import { parseTemplate } from '../pipeline/templates/parseTemplate.ts';
import type { DataSource } from '../sql/plan/catalogue.ts';
import { isSystemColumn } from '../sql/plan/schema.ts';
import { columnsOfTemplate, columnsOfTexts, mergedColumns, type InferredColumn } from './inferredColumns.ts';

/** The name of the key's column. */
const keyColumn = 'ROWKEY';

export interface ImplicitSource {
  readonly source: DataSource;
  /** Columns whose values may be new for ever. */
  readonly unbounded: ReadonlySet<string>;
}

/** A topic's name as a name of SQL that needs no quotes: capitals, and `_` for what cannot stand in one. */
export function sourceNameOf(topic: string): string {
  const name = topic.toUpperCase().replaceAll(/[^A-Z0-9_]/g, '_');
  return /^[0-9]/.test(name) ? `_${name}` : name;
}

/** Rows of a replay are looked at up to this one; more would be felt while a person types. */
const rowsMax = 10_000;

function columnsOfProducer(node: PipelineNode): readonly InferredColumn[] | null {
  const settings = effectiveConfig(node);
  if (settings['workload.shape'] === 'replay') {
    const parsed = parseWorkloadCsv(String(settings['workload.csv']));
    if (parsed.ok && parsed.rows.some(({ value }) => value !== null))
      return columnsOfTexts(parsed.rows.slice(0, rowsMax).map(({ value }) => value));
  }
  const template = String(settings['value.template']);
  if (template.trim() === '') return null;
  const parsed = parseTemplate(template);
  return parsed.ok ? columnsOfTemplate(parsed.template.root) : null;
}

/** Whether a processor writes the values that it reads. */
function passesValues(node: PipelineNode): boolean {
  if (['filter', 'branch', 'merge', 'rekey'].includes(node.kind)) return true;
  const fields = effectiveConfig(node)['fields'];
  return Array.isArray(fields) && fields.length === 0;
}

/** The columns of what is written to each topic, by node id; topics of which it cannot be told are left out. */
function columnsByTopic(document: PipelineDocument): ReadonlyMap<string, readonly InferredColumn[]> {
  const nodes = new Map(document.nodes.map((node) => [node.id, node]));
  const into = (id: string) => document.edges.filter((edge) => edge.target === id).flatMap((edge) => nodes.get(edge.source) ?? []);
  const known = new Map<string, readonly InferredColumn[] | null>();
  const written = (node: PipelineNode): readonly InferredColumn[] | null => {
    const before = known.get(node.id);
    if (before !== undefined) return before;
    // While it is being told, a topic that feeds itself adds nothing.
    known.set(node.id, []);
    const found = told(node);
    known.set(node.id, found);
    return found;
  };
  const told = (node: PipelineNode): readonly InferredColumn[] | null => {
    if (node.kind === 'producer') return columnsOfProducer(node);
    if (node.kind !== 'topic' && !passesValues(node)) return null;
    const all = into(node.id).map(written);
    return all.length > 0 && all.every((one) => one !== null) ? mergedColumns(all) : null;
  };
  const topics = document.nodes.filter(({ kind }) => kind === 'topic');
  return new Map(topics.flatMap((topic) => [[topic.id, written(topic) ?? []] as const]).filter(([, columns]) => columns.length > 0));
}

/** A stream for each topic of which it can be told, in the order of the topics. Of topics whose names become one, the first. */
export function implicitSources(document: PipelineDocument): readonly ImplicitSource[] {
  const columns = columnsByTopic(document);
  const found = new Map<string, ImplicitSource>();
  for (const topic of document.nodes) {
    const name = sourceNameOf(topic.name);
    // Names that every source has besides its own columns cannot be columns, and the key has its own.
    const usable = (columns.get(topic.id) ?? []).filter((column) => !isSystemColumn(column.name) && column.name !== keyColumn);
    if (usable.length === 0 || found.has(name)) continue;
    const source: DataSource = {
      ...{ kind: 'STREAM', name, topic: topic.name },
      schema: {
        key: [{ name: keyColumn, type: { base: 'STRING' } }],
        value: usable.map(({ name: column, type }) => ({ name: column, type })),
      },
      ...{ headers: [], window: null, timestamp: null, isReadOnly: false, isQueried: false },
      keyFormat: { format: 'KAFKA', wrapping: null, delimiter: ',' },
      valueFormat: { format: 'JSON', wrapping: null, delimiter: ',' },
    };
    found.set(name, { source, unbounded: new Set(usable.flatMap((column) => (column.isUnbounded ? [column.name] : []))) });
  }
  return [...found.values()];
}
