import { expect, test } from 'vitest';
import type { PipelineDocument } from '../../pipeline/document.ts';
import { kindOf } from '../../pipeline/kinds/index.ts';
import type { Run } from './build.ts';
import { wholeDesignProblems } from './wholeDesignChecks.ts';
import { runHosted, startDesign } from './wholeDesignRuns.ts';
import { designOf } from './wholeDesigns.ts';

const classicOnly = ['partition.assignment.strategy', 'session.timeout.ms', 'heartbeat.interval.ms'];

/** The design with its groups in the consumer protocol: all of them, or every second one. */
function inConsumerProtocol(document: PipelineDocument, every: number): PipelineDocument {
  const groups: string[] = [];
  const nodes = document.nodes.map((node) => {
    const { role } = kindOf(node.kind);
    if (role !== 'sink' && role !== 'processor') return node;
    const group = String(node.config['group.id'] ?? node.name);
    if (!groups.includes(group)) groups.push(group);
    if (groups.indexOf(group) % every !== 0) return node;
    const config = Object.fromEntries(Object.entries(node.config).filter(([name]) => !classicOnly.includes(name)));
    return { ...node, config: { ...config, 'group.protocol': 'consumer' } };
  });
  const settings = { 'group.consumer.session.timeout.ms': 6_000, 'group.consumer.heartbeat.interval.ms': 700 };
  return { ...document, nodes, cluster: { config: { ...document.cluster.config, ...settings } } };
}

/** Two members that are up and that the coordinator has for members with all they own, and that own the same. */
function sharedPartitions({ ctx }: Run): string[] {
  return ctx.groups.flatMap(({ index, groupId, consumer }) => {
    if (consumer === null) return [];
    const seen = new Set<number>();
    const { members } = consumer.live;
    return ctx.members
      .filter(({ group, memberId }) => group === index && members.has(memberId))
      .flatMap(({ owned, memberId, state }) =>
        state === 'fenced' || state === 'stale' || members.get(memberId)!.memberEpoch < 1 ? [] : owned,
      )
      .filter((partition) => seen.size === seen.add(partition).size)
      .map((partition) => `group ${groupId}: partition ${partition} has two owners at ${ctx.events.nowUs} µs`);
  });
}

test.each([100, 101, 102])(
  '[CNP-24] [RUN-10] design %i in the consumer protocol: no partition has two owners, counts add up, and it is the same run however it is hosted',
  (seed) => {
    const document = inConsumerProtocol(designOf(seed), 1 + (seed % 2));
    const found: string[] = [];
    const look = (run: Run): Run => {
      if (found.length === 0) found.push(...sharedPartitions(run));
      return run;
    };
    runHosted(startDesign(document), { between: look }, () => 100);
    expect(found).toEqual([]);
    expect(wholeDesignProblems(seed, document)).toEqual([]);
  },
);
