/** For tests: one replicated partition in a run, and what its producers meet. */
import type { Config, Fault, PipelineDocument } from '../../pipeline/document.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { advance } from './advance.ts';
import type { Run } from './build.ts';
import { documentOf, start } from './harness.ts';
import type { ProduceError } from '../broker/produceRequest.ts';

export interface Setting {
  /** Configs of producers by name; all write to one topic of one partition. */
  readonly producers: Readonly<Record<string, Config>>;
  readonly topic?: Config;
  readonly cluster?: Config;
  readonly seconds?: number;
  readonly withReader?: boolean;
}

/** One record in its own batch, answered before the next, and nothing sent twice. */
const plain: Config = { acks: '1', 'enable.idempotence': false, 'batch.size': 0, 'workload.rate': 1000 };

export function documentWith(setting: Setting, faults: readonly Fault[] = []): PipelineDocument {
  const { producers, topic = {}, cluster = {}, seconds = 60 } = setting;
  const entries = Object.entries(producers).map(
    ([name, config]) => [name, { kind: 'producer' as const, config: { ...plain, ...config }, to: ['orders'] }] as const,
  );
  return documentOf({
    nodes: {
      ...Object.fromEntries(entries),
      orders: {
        kind: 'topic',
        config: { partitions: 1, 'replication.factor': 3, ...topic },
        to: setting.withReader === true ? ['reader'] : [],
      },
      ...(setting.withReader === true && { reader: { kind: 'sink' as const } }),
    },
    cluster: { brokers: 3, 'broker.restart.ms': 0, ...cluster },
    faults,
    seconds,
  });
}

/** Where the partition's replicas are, before anything has happened: leader first. */
export function placement(setting: Setting): readonly number[] {
  return start(documentWith(setting)).ctx.cluster.controller.partitions[0]!.replicas;
}

export const partitionOf = (run: Run) => run.ctx.partitions[0]!;
export const names = (brokers: readonly number[]) => brokers.map((broker) => `broker:${broker}`);
export const timeline = (run: Run, code: string) => run.ctx.timeline.entries.filter((entry) => entry.code === code).map(({ text }) => text);

/** Runs to a moment; gives what producers' batches met on arrival, counted by producer and error. */
export function errorsUntil(run: Run, ms: number): Record<string, number> {
  const counts: Record<string, number> = {};
  const { ctx } = run;
  while (advance(run, { untilUs: ms * 1000, maxEvents: 1 }).kind === 'events') {
    if (ctx.events.kind !== EventKind.ProduceArrived) continue;
    const request = ctx.produceRequests.items[ctx.events.a];
    // One that waits for its turn in the socket has met nothing yet.
    for (const error of request?.errors.slice(0, request.batches.length) ?? []) {
      const key = `${ctx.producers[request!.producer]!.node} ${error satisfies ProduceError}`;
      counts[key] = (counts[key] ?? 0) + 1;
    }
  }
  return counts;
}
