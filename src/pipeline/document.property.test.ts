import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyChange } from './changes/apply.ts';
import type { Change } from './changes/change.ts';
import { copyFragment, pasteFragment } from './clipboard.ts';
import type { Config, ConfigValue, Fault, PipelineDocument } from './document.ts';
import { newDocument } from './create.ts';
import { hasErrors } from './findings.ts';
import { checkIds } from './integrity.ts';
import type { ConfigDefinition } from './kinds/definition.ts';
import { kindOf, nodeKindNames } from './kinds/index.ts';
import { parseDocument } from './parse.ts';
import { serializeDocument } from './serialize.ts';
import { validateDocument } from './validate.ts';

/** Printable names with everything that shells, YAML and JSON care about. */
const name = fc
  .string({
    unit: fc.oneof(
      fc.constantFrom('a', 'b', '-', '.', "'", '"', '$', '\\', ':', '#', ' '),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
    ),
    minLength: 1,
    maxLength: 12,
  })
  // eslint-disable-next-line no-control-regex -- names may not hold control characters
  .filter((text) => text !== '' && !/[\u0000-\u001f\u007f]/.test(text));
const coordinate = fc.integer({ min: -10_000, max: 10_000 });

function configValue(row: ConfigDefinition): fc.Arbitrary<ConfigValue> {
  switch (row.type) {
    case 'integer':
      return fc.integer({ min: row.min ?? 0, max: Math.min(row.max ?? 10, 1_000_000) });
    case 'number':
      return fc.double({ min: row.min ?? 0, max: row.max ?? 1, noNaN: true }).map((value) => value + 0);
    case 'boolean':
      return fc.boolean();
    case 'enum':
      return fc.constantFrom(...(row.values ?? ['']));
    case 'string':
      return fc.string({ maxLength: 10 });
    case 'list':
      return fc.array(fc.string({ maxLength: 8 }), { maxLength: 3 });
  }
}

function config(rows: readonly ConfigDefinition[]): fc.Arbitrary<Config> {
  return fc
    .subarray([...rows], { maxLength: 4 })
    .chain((chosen) => fc.record(Object.fromEntries(chosen.map((row) => [row.name, configValue(row)]))) as fc.Arbitrary<Config>);
}

const node = fc
  .constantFrom(...nodeKindNames)
  .chain((kind) => fc.record({ kind: fc.constant(kind), name, config: config(kindOf(kind).config) }));

const atMs = fc.nat(100_000);
const broker = fc.nat(5);
const ends = fc.uniqueArray(fc.constantFrom('broker:0', 'broker:12', 'controller', 'node:n0', 'rest'), { minLength: 1, maxLength: 3 });

/** A fault of any family; it may name what is not there. */
function anyFault(node: fc.Arbitrary<string>): fc.Arbitrary<Fault> {
  const { constant, constantFrom } = fc;
  return fc.oneof(
    fc.record({ atMs, action: constant('slow' as const), node, factor: fc.nat(10) }),
    fc.record({ atMs, action: constant('leader.unclean' as const), node, partition: broker }),
    fc.record({
      atMs,
      action: constant('partition.reassign' as const),
      node,
      partition: broker,
      replicas: fc.array(broker, { minLength: 1, maxLength: 3 }),
      throttleBytesPerSecond: fc.nat(10),
    }),
    fc.record({ atMs, action: constant('partitions.add' as const), node, count: fc.integer({ min: 1, max: 9 }) }),
    fc.record({ atMs, action: constantFrom('broker.kill' as const, 'broker.stop' as const, 'disk.full' as const), broker }),
    fc.record({ atMs, action: constant('disk.slow' as const), broker, factor: fc.nat(10) }),
    fc.record({ atMs, action: constantFrom('zone.loss' as const, 'zone.return' as const), rack: constantFrom('a', 'zone 1') }),
    fc.record({ atMs, action: constantFrom('controller.loss' as const, 'leaders.prefer' as const) }),
    fc.record({ atMs, action: constantFrom('network.cut' as const, 'network.heal' as const), between: ends, and: ends }),
    fc.record({ atMs, action: constant('network.delay' as const), between: ends, and: ends, addedMs: fc.nat(10) }),
  );
}

/** A document with sound ids; wires and faults may make no sense. Keys of configs come back without a prototype from fast-check, so they are copied. */
const document: fc.Arbitrary<PipelineDocument> = fc.array(node, { minLength: 1, maxLength: 8 }).chain((bare) => {
  const nodes = bare.map((entry, index) => ({ id: `n${index}`, kind: entry.kind, name: entry.name, config: { ...entry.config } }));
  const id = fc.constantFrom(...nodes.map((entry) => entry.id));
  return fc
    .record({
      name,
      edges: fc.array(fc.record({ source: id, target: id }), { maxLength: 10 }),
      faults: fc.array(anyFault(id), { maxLength: 5 }),
      objectives: fc.array(fc.record({ name, node: id, value: fc.integer() }), { maxLength: 4 }),
      positions: fc.uniqueArray(fc.record({ node: id, x: coordinate, y: coordinate }), {
        selector: (position) => position.node,
        maxLength: 8,
      }),
    })
    .map((parts) => ({
      ...newDocument(parts.name),
      nodes,
      edges: parts.edges.map((edge, index) => ({ id: `e${index}`, ...edge })),
      scenario: {
        seed: 7,
        durationMs: 60_000,
        faults: parts.faults.map((fault) => ({ ...fault })),
        objectives: parts.objectives.map((objective, index) => ({
          id: `o${index}`,
          ...objective,
          metric: 'lag.records' as const,
          statistic: 'max' as const,
          comparison: '<=' as const,
        })),
      },
      layout: { positions: parts.positions.map((position) => ({ ...position })) },
    }));
});

/** A change that fits the document, chosen by three numbers. */
function changeFor(current: PipelineDocument, choice: number, a: number, text: string): Change {
  const { nodes, edges, scenario } = current;
  const chosen = nodes[a % Math.max(1, nodes.length)];
  const edge = edges[a % Math.max(1, edges.length)];
  const fault = { atMs: a, action: 'member.add', node: chosen?.id ?? 'x' } as const;
  const objective = scenario.objectives[a % Math.max(1, scenario.objectives.length)];
  const fresh = { id: `new${a}-${nodes.length}-${choice}`, kind: 'topic', name: text, config: {} } as const;
  const isFree = !nodes.some((entry) => entry.id === fresh.id);
  const options: (Change | false | undefined)[] = [
    isFree && { type: 'nodes.add', nodes: [fresh], positions: [{ node: fresh.id, x: a, y: 0 }] },
    chosen && { type: 'parts.remove', nodes: [chosen.id] },
    chosen && {
      type: 'parts.remove',
      nodes: nodes.slice(0, 1 + (a % 3)).map((entry) => entry.id),
      edges: edges.slice(0, 2).map((entry) => entry.id),
    },
    edge && { type: 'parts.remove', edges: [edge.id] },
    { type: 'nodes.move', positions: nodes.slice(a % 3).map((entry) => ({ node: entry.id, x: a, y: -a })) },
    chosen && { type: 'node.rename', node: chosen.id, name: text },
    chosen && { type: 'node.config', node: chosen.id, config: 'instances', value: a % 2 === 0 ? a : null },
    edge && { type: 'edge.set', edge: { ...edge, sourcePort: text } },
    { type: 'cluster.config', config: 'brokers', value: a % 2 === 0 ? a : null },
    { type: 'document.set', field: a % 2 === 0 ? 'name' : 'description', value: text },
    { type: 'scenario.set', field: a % 2 === 0 ? 'seed' : 'durationMs', value: a },
    { type: 'fault.add', fault, at: a % (scenario.faults.length + 1) },
    scenario.faults.length > 0 && { type: 'fault.remove', at: a % scenario.faults.length },
    scenario.faults.length > 0 && { type: 'fault.set', at: a % scenario.faults.length, fault },
    objective && { type: 'objective.remove', objective: objective.id },
    objective && { type: 'objective.set', objective: { ...objective, value: a } },
    { type: 'document.replace', document: newDocument(text) },
  ];
  return options[choice % options.length] || { type: 'document.set', field: 'name', value: text };
}

const steps = fc.array(fc.tuple(fc.nat(100), fc.nat(1_000), name), { minLength: 1, maxLength: 15 });

describe('documents', () => {
  test('what is saved opens as the same document (seed 1)', () => {
    fc.assert(
      fc.property(document, (original) => {
        const result = parseDocument(serializeDocument(original), { file: 'a' });
        expect(result.findings).toEqual([]);
        expect(result.document).toEqual(original);
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  test('validation takes any document that opens, and says the same twice (seed 2)', () => {
    fc.assert(
      fc.property(document, (original) => {
        expect(validateDocument(original)).toEqual(validateDocument(original));
      }),
      { seed: 2, numRuns: 60 },
    );
  });

  test('every change is undone and redone exactly, one by one and as a batch, and leaves its argument alone (seed 3)', () => {
    fc.assert(
      fc.property(document, steps, (original, sequence) => {
        const before = structuredClone(original);
        const changes: Change[] = [];
        const inverses: Change[] = [];
        let current = original;
        for (const [choice, number, text] of sequence) {
          const change = changeFor(current, choice, number, text);
          const applied = applyChange(current, change);
          const undone = applyChange(applied.document, applied.inverse);
          expect(undone.document).toEqual(current);
          expect(applyChange(undone.document, undone.inverse).document).toEqual(applied.document);
          changes.push(change);
          inverses.push(applied.inverse);
          current = applied.document;
        }
        const batch = applyChange(original, { type: 'batch', changes });
        expect(batch.document).toEqual(current);
        expect(applyChange(batch.document, batch.inverse).document).toEqual(before);
        for (const inverse of inverses.reverse()) current = applyChange(current, inverse).document;
        expect(current).toEqual(before);
        expect(original).toEqual(before);
      }),
      { seed: 3, numRuns: 150 },
    );
  });

  test('pasting what was copied gives as many nodes with new ids, and is undone exactly (seed 4)', () => {
    fc.assert(
      fc.property(document, (original) => {
        const ids = original.nodes.map((entry) => entry.id);
        const { change, nodeIds, findings } = pasteFragment(original, copyFragment(original, ids));
        expect(findings).toEqual([]);
        const pasted = applyChange(original, change!);
        expect(pasted.document.nodes).toHaveLength(ids.length * 2);
        expect(pasted.document.edges).toHaveLength(original.edges.length * 2);
        expect(pasted.document.nodes.slice(ids.length).map((entry) => entry.id)).toEqual(nodeIds);
        expect(hasErrors(checkIds(pasted.document))).toBe(false);
        expect(applyChange(pasted.document, pasted.inverse).document).toEqual(original);
      }),
      { seed: 4, numRuns: 60 },
    );
  });
});
