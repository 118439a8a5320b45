import { expect, test } from 'vitest';
import { applyChange, newDocument, newNode, type Change } from '../../pipeline/index.ts';
import { sameRun } from './runnable.ts';

const after = (document: ReturnType<typeof newDocument>, change: Change) => applyChange(document, change).document;

test('[RUN-2] places, the description and objectives leave a run as it is; settings and faults do not', () => {
  const empty = newDocument();
  const topic = newNode(empty, 'topic');
  const document = after(empty, { type: 'nodes.add', nodes: [topic], positions: [{ node: topic.id, x: 0, y: 0 }] });
  expect(sameRun(document, after(document, { type: 'nodes.move', positions: [{ node: topic.id, x: 9, y: 9 }] }))).toBe(true);
  expect(sameRun(document, after(document, { type: 'document.set', field: 'description', value: 'x' }))).toBe(true);
  const objective = {
    id: 'o',
    name: 'o',
    node: topic.id,
    metric: 'records.total',
    statistic: 'total',
    comparison: '>=',
    value: 1,
  } as const;
  expect(sameRun(document, after(document, { type: 'objective.add', objective }))).toBe(true);
  expect(sameRun(document, after(document, { type: 'scenario.set', field: 'durationMs', value: 9 }))).toBe(false);
  expect(sameRun(document, after(document, { type: 'node.config', node: topic.id, config: 'partitions', value: 6 }))).toBe(false);
  expect(sameRun(document, after(document, { type: 'fault.add', fault: { atMs: 1, action: 'member.add', node: topic.id } }))).toBe(false);
});
