import type { ConfigDefinition } from './definition.ts';

/** What Kafka's producer and consumer have in common (CommonClientConfigs): once in a node, for all its clients. */
export const clientConfig: readonly ConfigDefinition[] = [
  { name: 'request.timeout.ms', type: 'integer', default: 30_000, min: 0, max: 2_147_483_647, unit: 'ms', section: 'Requests', source: 'kafka', help: 'How long a client waits for an answer before it gives the request up.' },
  { name: 'retry.backoff.ms', type: 'integer', default: 100, min: 0, max: Number.MAX_SAFE_INTEGER, unit: 'ms', section: 'Requests', source: 'kafka', help: 'How long a client waits before it tries a failed request again, the first time.' },
  { name: 'metadata.max.age.ms', type: 'integer', default: 300_000, min: 1, max: Number.MAX_SAFE_INTEGER, unit: 'ms', section: 'Requests', source: 'kafka', help: 'How old what a client knows of topics and leaders may get: how soon it finds added partitions, and how long a consumer reads from a preferred replica before it asks the leader again.' },
];
