import type { ConfigDefinition } from './definition.ts';

const tries = { name: 'error.action', is: ['retry', 'retry-topic', 'dead-letter'] };

/** What goes wrong in a service or a sink, and what its application does then. */
export const failureConfig: readonly ConfigDefinition[] = [
  { name: 'error.rate', type: 'number', default: 0, min: 0, max: 1, section: 'Errors', source: 'simulation', prominent: true, live: true, help: 'Part of the attempts that fail, each one by itself: a system that is sometimes not there.' },
  { name: 'error.when', type: 'string', default: '', maxLength: 4_000, section: 'Errors', source: 'simulation', help: 'Condition of poison records, which fail at every attempt. Over `key`, `value.<field>`, `timestamp`, `partition`, `offset`, as in a filter. Empty: none.' },
  { name: 'error.action', type: 'enum', default: 'retry', values: ['retry', 'skip', 'stop', 'retry-topic', 'dead-letter'], section: 'Errors', source: 'simulation', help: 'Retry in place while everything behind it waits, then skip; skip at once; stop the member, which starts again and reads it again; send it to a retry topic and go on, then to a dead letter topic; or retry in place, then dead letter. The last two have ports to wire.' },
  { name: 'error.max.attempts', type: 'integer', default: 10, min: 1, max: 1000, unit: 'attempts', section: 'Errors', source: 'simulation', fidelity: 'assumed', help: 'Attempts for one record, the first included and those of earlier retry topics too. 10 is what Spring\'s DefaultErrorHandler does.', when: tries },
  { name: 'error.backoff.ms', type: 'number', default: 0, min: 0, max: 86_400_000, unit: 'ms', section: 'Errors', source: 'simulation', help: 'Wait before the second attempt. In place the member stands still for it; in a retry topic the record is not handed out before.', when: tries },
  { name: 'error.backoff.multiplier', type: 'number', default: 2, min: 1, max: 100, section: 'Errors', source: 'simulation', help: 'Each further wait is this many times as long as the one before.', when: tries },
  { name: 'error.backoff.max.ms', type: 'number', default: 30_000, min: 0, max: 86_400_000, unit: 'ms', section: 'Errors', source: 'simulation', fidelity: 'assumed', help: 'Longest wait between two attempts. 30 s is the default of Spring\'s ExponentialBackOff.', when: tries },
  { name: 'error.restart.ms', type: 'integer', default: 10_000, min: 1, max: 86_400_000, unit: 'ms', section: 'Errors', source: 'simulation', fidelity: 'assumed', help: 'How long after an error that stops it a member is started again.', when: { name: 'error.action', is: ['stop'] } },
];

const remembers = { name: 'idempotence.store', is: ['in-memory', 'durable'] };

/** The table of ids by which a consumer knows what it has done already. */
export const idempotenceConfig: readonly ConfigDefinition[] = [
  { name: 'idempotence.store', type: 'enum', default: 'none', values: ['none', 'in-memory', 'durable'], section: 'Idempotence', source: 'simulation', help: 'Whether ids of records that are done are kept, so that a record delivered again is skipped. In memory: by each member, gone with it. Durable: in a table of all members, written together with the effect.' },
  { name: 'idempotence.key', type: 'string', default: '', maxLength: 4_000, section: 'Idempotence', source: 'simulation', help: 'Expression whose text is a record\'s id, for instance value.id. Empty: the record\'s own identity, which copies by retries and crashes share.', when: remembers },
  { name: 'idempotence.capacity', type: 'integer', default: 0, min: 0, max: 1_000_000, unit: 'records', section: 'Idempotence', source: 'simulation', help: 'Ids kept at most; the oldest go first. 0 for no limit.', when: remembers },
  { name: 'idempotence.ttl.ms', type: 'integer', default: 0, min: 0, max: 2_147_483_647, unit: 'ms', section: 'Idempotence', source: 'simulation', help: 'How long an id is kept. 0 for ever.', when: remembers },
  { name: 'idempotence.lookup.ms', type: 'number', default: 0, min: 0, max: 86_400_000, unit: 'ms', section: 'Idempotence', source: 'simulation', help: 'Time of one look into the table, for every record.', when: remembers },
];
