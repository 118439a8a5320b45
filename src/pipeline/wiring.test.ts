import { describe, expect, test } from 'vitest';
import { newDocument } from './create.ts';
import type { PipelineDocument } from './document.ts';
import { nodeKindNames } from './kinds/index.ts';
import { wiringRefusal } from './wiring.ts';

/** Two nodes of every kind, `filter-1` and `filter-2`; the branch has two ways out. */
function everyKind(edges: readonly (readonly [string, string, string?])[] = []): PipelineDocument {
  return {
    ...newDocument(),
    nodes: nodeKindNames.flatMap((kind) =>
      [1, 2].map((number) => ({
        id: `${kind}-${number}`,
        kind,
        name: `${kind} ${number}`,
        config: kind === 'branch' ? { branches: ['large: value.a > 1', 'rest'] } : {},
      })),
    ),
    edges: edges.map(([source, target, sourcePort], index) => ({
      id: `e${index}`,
      source,
      target,
      ...(sourcePort === undefined ? {} : { sourcePort }),
    })),
  };
}

describe('wiringRefusal', () => {
  test.each([
    ['producer-1', 'topic-1'],
    ['topic-1', 'filter-1'],
    ['topic-1', 'sink-1'],
    ['service-1', 'topic-1'],
    ['merge-1', 'topic-1'],
  ])('%s may be wired to %s', (source, target) => {
    expect(wiringRefusal(everyKind(), source, target)).toBeNull();
  });

  test.each([
    ['filter-1', 'sink-1', 'A filter writes to topics: put a topic between the two.'],
    ['producer-1', 'sink-1', 'A producer writes to topics: put a topic between the two.'],
    ['rekey-1', 'map-1', 'A re-key writes to topics: put a topic between the two.'],
    ['topic-1', 'topic-2', 'A topic only stores records: put a processor between the two topics.'],
    ['topic-1', 'producer-1', 'A producer makes its own records: nothing can be wired into it.'],
    ['sink-1', 'topic-1', 'A sink is the end of a pipeline: nothing leaves it.'],
    ['topic-1', 'topic-1', 'A node cannot be wired to itself.'],
    ['topic-1', 'nobody', 'A wire needs a node at both ends.'],
    ['branch-1', 'topic-1', 'Choose which branch of "branch 1" the wire leaves by: large, rest.'],
  ])('%s to %s: %s', (source, target, sentence) => {
    expect(wiringRefusal(everyKind(), source, target)).toBe(sentence);
  });

  test('a branch wires each way out, also two to one topic, but each only once to the same', () => {
    const document = everyKind([['branch-1', 'topic-1', 'large']]);
    expect(wiringRefusal(document, 'branch-1', 'topic-1', 'rest')).toBeNull();
    expect(wiringRefusal(document, 'branch-1', 'topic-2', 'large')).toBeNull();
    expect(wiringRefusal(document, 'branch-1', 'topic-1', 'large')).toBe('"branch 1" is already wired to "topic 1".');
    expect(wiringRefusal(document, 'branch-1', 'topic-1', 'small')).toBe('The node "branch 1" has no branch "small".');
    expect(wiringRefusal(document, 'filter-1', 'topic-1', 'large')).toBe('A filter has only one way out; only a branch has named ones.');
  });

  test('no wire twice, and a merge has one output', () => {
    const document = everyKind([
      ['producer-1', 'topic-1'],
      ['merge-1', 'topic-1'],
    ]);
    expect(wiringRefusal(document, 'producer-1', 'topic-1')).toBe('"producer 1" is already wired to "topic 1".');
    expect(wiringRefusal(document, 'merge-1', 'topic-2')).toBe('A merge writes to one topic, and "merge 1" already has it.');
  });

  test('for every pair of kinds the rule follows the roles', () => {
    const writes = new Set(['producer', 'filter', 'map', 'rekey', 'branch', 'merge', 'service', 'micro-batch', 'sql', 'operators']);
    for (const source of nodeKindNames) {
      for (const target of nodeKindNames) {
        const allowed = (writes.has(source) && target === 'topic') || (source === 'topic' && !['producer', 'topic'].includes(target));
        const port = source === 'branch' ? 'rest' : undefined;
        expect([source, target, wiringRefusal(everyKind(), `${source}-1`, `${target}-2`, port) === null]).toEqual([
          source,
          target,
          allowed,
        ]);
      }
    }
  });
});
