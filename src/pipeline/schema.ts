/**
 * The structure of a document as zod schemas. Configs are only a record here: their names, types and ranges are checked against `kinds/`,
 * which gives better sentences than a union of nine kinds.
 */
import { z } from 'zod';
import { type Fault, offsetTargets, seekTargets } from './document.ts';
import { guarantees } from './guaranteeNames.ts';
import { nodeKindNames } from './kinds/index.ts';
import { limits } from './limits.ts';

// The content security policy forbids eval, and zod would compile its object parsers with `new Function`.
z.config({ jitless: true });

/** Unique in the document; also used in clipboard fragments. */
export const idSchema = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);
const nodeReference = idSchema;
// eslint-disable-next-line no-control-regex -- control characters are exactly what is refused here
const printablePattern = /^[^\u0000-\u001f\u007f]*$/;
/** Free text may have lines and tabs, but nothing else that a terminal or a shell would act on. */
// eslint-disable-next-line no-control-regex -- control characters are exactly what is refused here
const freeTextPattern = /^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$/;
const nameSchema = z.string().min(1).max(limits.nameLength).regex(printablePattern);
const freeTextSchema = z.string().max(limits.descriptionLength).regex(freeTextPattern);
const configSchema = z.record(z.string(), z.unknown());
const configValueSchema = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]);
const coordinateSchema = z.number().min(-limits.coordinate).max(limits.coordinate);
const momentSchema = z.number().min(0).max(limits.durationMs);

/** Statistics, metrics and comparisons in the order people meet them; the types in `document.ts` are checked against these lists. */
export const objectiveMetrics = [
  'lag.records',
  'lag.seconds',
  'latency.ms',
  'end-to-end.latency.ms',
  'throughput.per.second',
  'records.total',
  'records.expired',
  'records.failed',
  'records.kept',
  'records.lost',
  'records.duplicated',
  'records.reordered',
  'records.dead-lettered',
  'partitions.under-replicated',
  'utilisation',
  'rebalances',
] as const;
export const objectiveStatistics = ['mean', 'p50', 'p95', 'p99', 'max', 'min', 'last', 'total'] as const;
export const objectiveComparisons = ['<=', '>=', '=='] as const;

export const nodeSchema = z.strictObject({ id: idSchema, kind: z.enum(nodeKindNames), name: nameSchema, config: configSchema });

export const edgeSchema = z.strictObject({
  id: idSchema,
  source: nodeReference,
  target: nodeReference,
  sourcePort: z.string().min(1).max(limits.nameLength).optional(),
});

const faultHead = { atMs: momentSchema, node: nodeReference };
const clusterHead = { atMs: momentSchema };
const member = z.number().int().min(0).max(1_000_000);
const broker = z.number().int().min(0).max(999);
const partition = z.number().int().min(0).max(1_000_000);
const ofConsumer = { member: member.optional(), partition: partition.optional() };
const factor = z.number().min(0).max(1_000_000);
const endpointSchema = z.string().regex(/^(broker:(0|[1-9]\d{0,2})|controller|node:[A-Za-z0-9_-]{1,64}|rest)$/);
const side = z.array(endpointSchema).min(1).max(limits.endpoints);

export const faultSchema = z.discriminatedUnion('action', [
  z.strictObject({ ...faultHead, action: z.literal('member.add') }),
  z.strictObject({ ...faultHead, action: z.literal(['member.stop', 'member.crash', 'member.restart']), member }),
  z.strictObject({ ...faultHead, action: z.literal(['outage.start', 'outage.end']) }),
  z.strictObject({ ...faultHead, action: z.literal('slow'), factor }),
  z.strictObject({ ...faultHead, action: z.literal('config.set'), config: z.string().min(1).max(200), value: configValueSchema }),
  z.strictObject({
    ...faultHead,
    action: z.literal('offsets.reset'),
    to: z.enum(offsetTargets),
    value: z.number().int().min(-1e15).max(1e15).optional(),
  }),
  z.strictObject({ ...faultHead, action: z.literal(['consumer.pause', 'consumer.resume']), ...ofConsumer }),
  z.strictObject({
    ...faultHead,
    action: z.literal('consumer.seek'),
    ...ofConsumer,
    to: z.enum(seekTargets),
    value: z.number().int().min(0).max(1e15).optional(),
  }),
  z.strictObject({ ...faultHead, action: z.literal('leader.unclean'), partition }),
  z.strictObject({
    ...faultHead,
    action: z.literal('partition.reassign'),
    partition,
    replicas: z.array(broker).min(1).max(1_000),
    throttleBytesPerSecond: z.number().min(0).max(1e12),
  }),
  z.strictObject({ ...faultHead, action: z.literal('partitions.add'), count: z.number().int().min(1).max(10_000) }),
  z.strictObject({
    ...clusterHead,
    action: z.literal(['broker.kill', 'broker.stop', 'broker.restart', 'disk.full', 'disk.freed']),
    broker,
  }),
  z.strictObject({ ...clusterHead, action: z.literal(['zone.loss', 'zone.return']), rack: nameSchema }),
  z.strictObject({ ...clusterHead, action: z.literal(['controller.loss', 'leaders.prefer']) }),
  z.strictObject({ ...clusterHead, action: z.literal('disk.slow'), broker, factor }),
  z.strictObject({ ...clusterHead, action: z.literal(['network.cut', 'network.heal']), between: side, and: side }),
  z.strictObject({ ...clusterHead, action: z.literal('network.delay'), between: side, and: side, addedMs: z.number().min(0).max(600_000) }),
]);

/** Every fault's action; a new one in `document.ts` fails to compile here. */
export const faultActions = Object.keys({
  'member.add': true,
  'member.stop': true,
  'member.crash': true,
  'member.restart': true,
  'outage.start': true,
  'outage.end': true,
  slow: true,
  'config.set': true,
  'offsets.reset': true,
  'consumer.pause': true,
  'consumer.resume': true,
  'consumer.seek': true,
  'broker.kill': true,
  'broker.stop': true,
  'broker.restart': true,
  'zone.loss': true,
  'zone.return': true,
  'controller.loss': true,
  'disk.slow': true,
  'disk.full': true,
  'disk.freed': true,
  'network.cut': true,
  'network.heal': true,
  'network.delay': true,
  'leaders.prefer': true,
  'leader.unclean': true,
  'partition.reassign': true,
  'partitions.add': true,
} satisfies Record<Fault['action'], true>);

export const objectiveSchema = z.strictObject({
  id: idSchema,
  name: nameSchema,
  node: nodeReference,
  metric: z.enum(objectiveMetrics),
  statistic: z.enum(objectiveStatistics),
  comparison: z.enum(objectiveComparisons),
  value: z.number(),
});

export const positionSchema = z.strictObject({ node: nodeReference, x: coordinateSchema, y: coordinateSchema });

/** The parts of a document that stand before and after the nodes; shared with the published JSON Schema. */
export const documentShape = {
  format: z.literal('logjam/pipeline'),
  version: z.literal(1),
  name: nameSchema,
  description: freeTextSchema,
  guarantee: z.enum(guarantees).optional(),
  edges: z.array(edgeSchema).max(limits.edges),
  scenario: z.strictObject({
    seed: z.number().int().min(0).max(0xffff_ffff),
    durationMs: z.number().min(1).max(limits.durationMs),
    faults: z.array(faultSchema).max(limits.faults),
    objectives: z.array(objectiveSchema).max(limits.objectives),
  }),
  layout: z.strictObject({ positions: z.array(positionSchema).max(limits.nodes) }),
};

/** A whole document of the current version, configs unchecked. */
export const documentSchema = z.strictObject({
  ...documentShape,
  nodes: z.array(nodeSchema).max(limits.nodes),
  cluster: z.strictObject({ config: configSchema }),
});
