import type { ConfigValue } from '../../pipeline/document.ts';
import type { Distribution } from '../kernel/distributions.ts';
import type { MicroBatchSettings } from './microBatch.ts';
import type { PoolSettings } from './pool/pool.ts';
import type { ExternalSystem } from './externalCalls.ts';
import type { FailurePolicy } from './failurePolicy.ts';
import type { SeenIds } from './seenIds.ts';
import type { UpsertTable } from './upsertTable.ts';
import type { ProducerCompression } from '../producer/compression.ts';

/** One node of the document in a run. Topics have one too, so that metrics and names share one index. Plain data; live edits write here. */
export interface NodeState {
  readonly id: string;
  readonly kind: string;
  readonly role: 'producer' | 'topic' | 'processor' | 'sink';
  readonly name: string;
  readonly index: number;
  /** Topic indexes it reads. */
  readonly inputs: readonly number[];
  /** Topic indexes it writes, one list per branch; every other node has one list, and two more for retries and dead letters where its failures leave by wires. */
  readonly outputs: readonly (readonly number[])[];
  /** Topics that its members' producers write to: those of `outputs`, and internal ones. */
  readonly written: readonly number[];
  /** Group index, -1 where it does not consume. */
  readonly group: number;
  /** Indexes of its members, in the order they came to be. */
  members: number[];
  /** Index of a source's producer, -1 otherwise. */
  producer: number;
  /** Of its producers; null when nothing is compressed. */
  readonly compression: ProducerCompression | null;
  /** Configs in force, live edits included. */
  settings: Readonly<Record<string, ConfigValue>>;
  /** Time of one service, microseconds. */
  service: Distribution;
  /** Records in one write of a sink. */
  writeBatchRecords: number;
  /** Records per microsecond one instance may take; 0 = no limit. */
  ratePerUs: number;
  /** Records in service at the same time: of a poll, or threads of a pool. */
  concurrency: number;
  /** Of each member; null where the poll loop itself works its records off. */
  readonly pool: PoolSettings | null;
  errorRate: number;
  failures: FailurePolicy;
  /** Whether a topic it reads holds records that are not to be tried before their time. */
  readonly waitsForRetries: boolean;
  /** Ids of what is done, kept by all members together; null without such a table. */
  readonly seen: SeenIds | null;
  /** Time of one look into the table of ids. */
  lookupUs: number;
  /** Rows of a sink that upserts; null otherwise. */
  readonly table: UpsertTable | null;
  /** Of a node that works in batches; null otherwise. */
  microBatch: MicroBatchSettings | null;
  /** The system outside that its services call; null where they call none. */
  external: ExternalSystem | null;
  passProbability: number;
  /** 1 = as configured; a fault's factor on every service time. */
  slowFactor: number;
  outage: boolean;
}
