/**
 * One delivery guarantee for a whole pipeline. It fixes the configs that decide about it on every node, over what is set there; without one every node is as configured.
 * Where each ends is part of its promise: none reaches beyond Kafka, and none survives an unclean election.
 */
import type { Config, ConfigValue, PipelineDocument, PipelineNode } from './document.ts';
import type { Guarantee } from './guaranteeNames.ts';
import type { ConfigDefinition } from './kinds/definition.ts';
import { kindOf } from './kinds/index.ts';

/** What each promises and where it ends, in words for people. */
export const guaranteeWords: Readonly<Record<Guarantee, { readonly label: string; readonly promise: string }>> = {
  'at-most-once': {
    label: 'At most once',
    promise:
      'No record comes twice; some are lost. Producers neither wait for an answer nor send again (acks=0, retries=0), readers commit before they process: what is under way when anything fails is gone.',
  },
  'at-least-once': {
    label: 'At least once',
    promise:
      'No acknowledged record is lost while min.insync.replicas hold; some come twice or out of order. Producers send again without numbering (acks=all, enable.idempotence=false), readers commit after they have processed.',
  },
  'idempotent-producer': {
    label: 'At least once, idempotent producers',
    promise:
      "As at least once, and a retry of a producer neither doubles nor reorders (enable.idempotence): Kafka's defaults. A reader that fails between processing and committing still repeats, and a processor repeats its output.",
  },
  'exactly-once': {
    label: 'Exactly once',
    promise:
      "What processors read, write and commit is one transaction (processing.guarantee=exactly_once_v2), and readers see committed records only: each result is in the log once. It ends at Kafka's edge: calls to other systems, and writes of sinks that are no upserts, can be repeated. Readers wait for commits.",
  },
};

const reliable: Config = { acks: 'all', retries: 2_147_483_647 };
const afterProcessing: Config = { 'commit.mode': 'after-processing', 'isolation.level': 'read_uncommitted' };

/** By guarantee: what it fixes for producing clients, for processors' and for sinks' groups. Names a kind does not have are left out. */
const fixed: Readonly<Record<Guarantee, { readonly producer: Config; readonly processor: Config; readonly sink: Config }>> = {
  'at-most-once': {
    producer: { acks: '0', retries: 0, 'enable.idempotence': false, 'transactional.id': '' },
    processor: { 'processing.guarantee': 'at_most_once', 'isolation.level': 'read_uncommitted' },
    sink: { 'commit.mode': 'before-processing', 'isolation.level': 'read_uncommitted', 'write.mode': 'append' },
  },
  'at-least-once': {
    producer: { ...reliable, 'enable.idempotence': false, 'transactional.id': '' },
    processor: { ...afterProcessing, 'processing.guarantee': 'at_least_once' },
    sink: { ...afterProcessing, 'write.mode': 'append' },
  },
  'idempotent-producer': {
    producer: { ...reliable, 'enable.idempotence': true, 'transactional.id': '' },
    processor: { ...afterProcessing, 'processing.guarantee': 'at_least_once' },
    sink: { ...afterProcessing, 'write.mode': 'append' },
  },
  'exactly-once': {
    producer: { ...reliable, 'enable.idempotence': true },
    processor: { 'processing.guarantee': 'exactly_once_v2', 'isolation.level': 'read_committed' },
    sink: { 'commit.mode': 'after-processing', 'isolation.level': 'read_committed', 'write.mode': 'upsert' },
  },
};

/** Most requests in flight with which Kafka's producer is idempotent. */
const inFlightMax = 5;

/** The configs a guarantee fixes on one node, with their values; empty without a guarantee. */
export function governedConfig(guarantee: Guarantee | undefined, node: PipelineNode): Readonly<Record<string, ConfigValue>> {
  if (guarantee === undefined) return {};
  const { role, config: rows } = kindOf(node.kind);
  if (role === 'topic') return {};
  const of = fixed[guarantee];
  const producing: Config = role === 'sink' ? {} : { ...of.producer };
  const isNumbered = guarantee === 'idempotent-producer' || guarantee === 'exactly-once';
  const inFlight = node.config['max.in.flight.requests.per.connection'];
  const limited = role !== 'sink' && isNumbered && typeof inFlight === 'number' && inFlight > inFlightMax;
  const wanted: Record<string, ConfigValue> = {
    ...producing,
    ...(role === 'processor' ? of.processor : role === 'sink' ? of.sink : {}),
    ...(limited && { 'max.in.flight.requests.per.connection': inFlightMax }),
  };
  // A processor's transactional.id is a name for its own transactions, not a wish for them.
  if (role === 'processor') delete wanted['transactional.id'];
  // Kafka Streams has no at-most-once: a kind keeps what it has where the guarantee wants a value that it does not know.
  const takes = ({ name, type, values }: ConfigDefinition): boolean =>
    Object.hasOwn(wanted, name) && (type !== 'enum' || values!.includes(String(wanted[name])));
  return Object.fromEntries(rows.flatMap((row) => (takes(row) ? [[row.name, wanted[row.name]!]] : [])));
}

/** The document with what its guarantee fixes written into its nodes, and no guarantee any more. One without a guarantee is returned as it is. */
export function governed(document: PipelineDocument): PipelineDocument {
  const { guarantee, ...rest } = document;
  if (guarantee === undefined) return document;
  return { ...rest, nodes: document.nodes.map((node) => ({ ...node, config: { ...node.config, ...governedConfig(guarantee, node) } })) };
}
