import { expect, test } from 'vitest';
import { plantedBugs } from './bugs.ts';
import { hunt, plantedSource } from './plant.ts';

test('[WAT-3] every planted bug fits the code it is meant for', () => {
  expect(plantedBugs.length).toBeGreaterThanOrEqual(24);
  expect(new Set(plantedBugs.map(({ name }) => name)).size).toBe(plantedBugs.length);
  for (const bug of plantedBugs) expect(plantedSource(bug)).toContain(bug.replace);
});

test.each([
  ['commits-forgotten', 'group: wrong-position', 0],
  ['acks-early', 'invariants', 0],
  ['aborted-shown', 'history: G1a', 1],
])('[WAT-3] %s is found by %s in schedule %i', async (name, check, from) => {
  const bug = plantedBugs.find((candidate) => candidate.name === name)!;
  expect((await hunt(bug, { from, seedsMax: 1 })).check).toBe(check);
});
