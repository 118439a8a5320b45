/** Compiles what processors do and what sources write into functions over record identities. Made again for every run; never part of its state. */
import { parseWorkloadCsv } from '../../pipeline/csv.ts';
import { parseBranches, parseFields } from '../../pipeline/expressions/lists.ts';
import { parseCondition, parseLastingExpression } from '../../pipeline/expressions/parse.ts';
import { jsonTextBytes } from '../../pipeline/templates/json.ts';
import { parseTemplate } from '../../pipeline/templates/parseTemplate.ts';
import type { OperationProgram } from '../process/operation.ts';
import { compileTemplate } from '../values/compileTemplate.ts';
import type { PathTable } from '../values/paths.ts';
import {
  compileCondition,
  compileKey,
  compileMapSize,
  createValueReader,
  type SourceValues,
  type ValueReader,
  type ValueSource,
  type ValueStep,
} from '../values/reader.ts';
import { keyBaseOf } from '../workload/arrivals.ts';
import { compileKeyChoice, keyAtSequence } from '../workload/keyChoice.ts';
import { internKey, type KeyTable, keyText } from '../workload/keys.ts';
import type { StreamsState } from '../streams/state.ts';
import { textOf, type Settings } from './configs.ts';
import { rootsOf } from './roots.ts';
import { streamsProgram } from './streams/runStreams.ts';
import type { Topology, TopologyNode } from './topology.ts';

export interface Programs {
  readonly operations: readonly (OperationProgram | null)[];
  readonly reader: ValueReader;
}

/** Validation comes before a run, so a config that does not parse here is a bug of ours, not of the document's. */
function validated<P extends { readonly ok: boolean }>(parsed: P, what: string): Extract<P, { readonly ok: true }> {
  if (!parsed.ok) throw new Error(`${what} was not validated before the run: ${(parsed as unknown as { message: string }).message}`);
  return parsed as Extract<P, { readonly ok: true }>;
}

const listOf = (settings: Settings, name: string): readonly string[] => (settings[name] as readonly string[] | undefined) ?? [];

/** What the values of a source follow from. */
export function sourceValues(settings: Settings, source: { readonly seed: number; readonly name: string }): SourceValues {
  if (textOf(settings, 'workload.shape') === 'replay')
    return { kind: 'rows', rows: validated(parseWorkloadCsv(textOf(settings, 'workload.csv')), 'workload.csv').rows };
  const text = textOf(settings, 'value.template');
  if (text.trim() === '') return { kind: 'filler' };
  return { kind: 'template', template: compileTemplate(validated(parseTemplate(text), 'value.template').template, source) };
}

/** Size of the value record `sequence` of a source gets from its template, or null where values have no template. */
export function templateSizeOf(
  source: ValueSource,
  keys: KeyTable,
): ((sequence: number, key: number, timestampUs: number) => number) | null {
  const { values } = source;
  if (values.kind !== 'template') return null;
  const { template } = values;
  if (!template.usesKey) return (sequence, _key, timestampUs) => template.sizeBytes(sequence, -1, timestampUs);
  return (sequence, key, timestampUs) => template.sizeBytes(sequence, key < 0 ? -1 : jsonTextBytes(keyText(keys, key)), timestampUs);
}

export function compilePrograms(
  topology: Topology,
  options: { seed: number; keys: KeyTable; paths: PathTable; streams: StreamsState },
): Programs {
  const { seed, keys, paths } = options;
  const sources = rootsOf(topology.nodes).map(({ node: index, kind }): ValueSource => {
    const { node, settings } = topology.nodes[index]!;
    if (kind !== 'producer') {
      const stored = options.streams.nodes[index]?.[kind];
      return { name: node.id, values: stored ? { kind: 'stored', records: stored } : { kind: 'filler' }, keyAt: null };
    }
    const values = sourceValues(settings, { seed, name: node.id });
    return { name: node.id, values, keyAt: sourceKeys(settings, values, { seed, name: node.id, keys }) };
  });
  const steps = topology.nodes.map(stepOf);
  const reader = createValueReader({ seed, sources, steps }, paths, keys);
  return { reader, operations: topology.nodes.map((entry) => programOf(topology, entry, reader)) };
}

/**
 * The key a source gave a record, told again from the record's number. It goes by the document's key settings: for records sent after a live edit of
 * those it is the key they would have had without the edit.
 */
function sourceKeys(
  settings: Settings,
  values: SourceValues,
  source: { readonly seed: number; readonly name: string; readonly keys: KeyTable },
): (sequence: number) => number {
  const { seed, name, keys } = source;
  if (values.kind === 'rows') {
    const ids = values.rows.map(({ key }) => (key === null ? -1 : internKey(keys, key)));
    return (sequence) => ids[sequence] ?? -1;
  }
  const choice = compileKeyChoice(keys, settings, keyBaseOf(seed, name));
  return (sequence) => keyAtSequence(choice, sequence);
}

function stepOf({ node, settings }: TopologyNode): ValueStep {
  if (node.kind === 'rekey')
    return { kind: 'rekey', expression: validated(parseLastingExpression(textOf(settings, 'key')), 'key').expression };
  if (!Array.isArray(settings['fields'])) return { kind: 'pass' };
  const { fields } = validated(parseFields(listOf(settings, 'fields')), 'fields');
  return fields.length === 0 ? { kind: 'pass' } : { kind: 'map', fields };
}

function programOf(topology: Topology, entry: TopologyNode, reader: ValueReader): OperationProgram | null {
  const operation = withFailures(entry, operationOf(entry, reader), reader);
  return entry.streams === null ? operation : { step: entry.index, ...operation, streams: streamsProgram(topology, entry.streams, reader) };
}

function operationOf({ node, index, role, settings }: TopologyNode, reader: ValueReader): OperationProgram | null {
  if (role !== 'processor') return null;
  const step = reader.programs.steps[index]!;
  if (step.kind === 'map') return { step: index, newSize: compileMapSize(reader, step.fields) };
  if (step.kind === 'rekey') {
    const key = compileKey(reader, step.expression);
    return {
      step: index,
      newKey: (record) => {
        const text = key(record);
        return text === null ? -1 : internKey(reader.keys, text);
      },
    };
  }
  if (node.kind === 'filter' && textOf(settings, 'condition').trim() !== '') {
    return {
      step: index,
      passes: compileCondition(reader, validated(parseCondition(textOf(settings, 'condition')), 'condition').expression),
    };
  }
  if (node.kind === 'branch') {
    const { branches } = validated(parseBranches(listOf(settings, 'branches')), 'branches');
    const conditions = branches.map((branch) => (branch.condition === null ? null : compileCondition(reader, branch.condition)));
    return { step: index, branchOf: (record) => conditions.findIndex((holds) => holds === null || holds(record)) };
  }
  return { step: index };
}

/** With what a node's failures and its table of ids are told by; null where it neither operates nor has them. */
function withFailures({ settings }: TopologyNode, operation: OperationProgram | null, reader: ValueReader): OperationProgram | null {
  const when = String(settings['error.when'] ?? '').trim();
  const id = settings['idempotence.store'] === 'none' ? '' : String(settings['idempotence.key'] ?? '').trim();
  if (when === '' && id === '') return operation;
  const idOf = id === '' ? null : compileKey(reader, validated(parseLastingExpression(id), 'idempotence.key').expression);
  return {
    ...(operation ?? { step: -1 }),
    ...(when !== '' && { fails: compileCondition(reader, validated(parseCondition(when), 'error.when').expression) }),
    ...(idOf !== null && { idOf: (record) => idOf(record) ?? 'null' }),
  };
}
