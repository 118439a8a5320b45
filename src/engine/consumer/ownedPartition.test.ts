import { expect, test } from 'vitest';
import { runTo, simple, start } from '../run/harness.ts';
import { ownedPartition } from './consumer.ts';

test('[CON-1] a member finds each partition it owns, and no other, however many there are', () => {
  for (const [partitions, instances] of [
    [1, 1],
    [8, 1],
    [9, 1],
    [100, 3],
    [257, 2],
  ] as const) {
    const topic = { partitions };
    const run = runTo(start(simple({ topic, sink: { instances, 'partition.assignment.strategy': 'cooperative-sticky' } })), 2000);
    const owners = Array.from({ length: partitions }, () => 0);
    for (const consumer of run.state.consumers) {
      for (let index = -1; index <= partitions; index++) {
        const found = ownedPartition(consumer, index);
        expect(found).toBe(consumer.owned.find((owned) => owned.index === index));
        if (found) owners[index]!++;
      }
    }
    expect(owners).toEqual(owners.map(() => 1));
  }
});
