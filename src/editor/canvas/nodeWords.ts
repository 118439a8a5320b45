/** What a node says about its config in words: for its body, and for people who read with other means. */
import type { ConfigValue, PipelineNode } from '../../pipeline/document.ts';
import { configDefinition } from '../../pipeline/kinds/index.ts';
import { formatBytes, formatMilliseconds, formatRate, formatShort } from '../format/numbers.ts';

/** The value of a config, its default when absent. */
export function configValue(node: PipelineNode, name: string): ConfigValue | undefined {
  return node.config[name] ?? configDefinition(node.kind, name)?.default;
}

/** A config as a number; 0 when it is none (a finding says so elsewhere). */
export function configNumber(node: PipelineNode, name: string): number {
  const value = configValue(node, name);
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}

/** A config as text; empty when it is none. */
export function configText(node: PipelineNode, name: string): string {
  const value = configValue(node, name);
  return typeof value === 'string' ? value : '';
}

/** A config as a list of texts; empty when it is none. */
export function configTexts(node: PipelineNode, name: string): readonly string[] {
  const value = configValue(node, name);
  return Array.isArray(value) ? (value as readonly string[]) : [];
}

const shapes: Readonly<Record<string, string>> = {
  constant: 'Steady',
  poisson: 'Poisson',
  ramp: 'Ramp',
  sine: 'Sine',
  bursts: 'Bursts',
  replay: 'Replay',
};

const keys: Readonly<Record<string, string>> = {
  none: 'no key',
  sequential: 'in turn',
  uniform: 'uniform',
  zipf: 'Zipf',
  hot: 'hot key',
  list: 'listed',
};

/** Workload, keys and sizes of a producer: `Poisson · Zipf · 1 KiB`. */
export function workloadWords(node: PipelineNode): string {
  const shape = shapes[configText(node, 'workload.shape')] ?? configText(node, 'workload.shape');
  const key = keys[configText(node, 'key.shape')] ?? configText(node, 'key.shape');
  return `${shape} · ${key} · ${formatBytes(configNumber(node, 'value.size.bytes'))}`;
}

/** What a topic keeps, as chips: retention, copies, and how it is cleaned when it is not by deleting. */
export function topicChips(node: PipelineNode): readonly string[] {
  const retentionMs = configNumber(node, 'retention.ms');
  const retentionBytes = configNumber(node, 'retention.bytes');
  const policy = configText(node, 'cleanup.policy');
  const partitions = configNumber(node, 'partitions');
  return [
    policy === 'compact' ? 'compacted' : retentionMs < 0 ? 'forever' : formatMilliseconds(retentionMs),
    ...(retentionBytes >= 0 ? [formatBytes(retentionBytes)] : []),
    ...(configNumber(node, 'replication.factor') > 1 ? [`RF ${configNumber(node, 'replication.factor')}`] : []),
    `${formatShort(partitions)} partition${partitions === 1 ? '' : 's'}`,
  ];
}

function serviceWords(node: PipelineNode): string {
  const shape = configText(node, 'service.time.distribution');
  switch (shape) {
    case 'uniform':
      return `${formatMilliseconds(configNumber(node, 'service.time.min.ms'))} to ${formatMilliseconds(configNumber(node, 'service.time.max.ms'))}`;
    case 'two-point':
      return `${formatMilliseconds(configNumber(node, 'service.time.low.ms'))} or ${formatMilliseconds(configNumber(node, 'service.time.high.ms'))}`;
    case 'empirical':
      return 'measured times';
    default:
      return formatMilliseconds(configNumber(node, 'service.time.ms'));
  }
}

function conditionWords(node: PipelineNode): string {
  const condition = configText(node, 'condition').trim();
  const share = configNumber(node, 'pass.probability');
  if (condition !== '') return condition;
  return share < 1 ? `passes ${formatShort(share * 100)} %` : 'passes all records';
}

/** The persistent query of a text of SQL in one line, from its first word on: what is declared before it is left out. */
function statementWords(sql: string): string {
  const line = sql.replaceAll(/--.*$/gm, ' ').replaceAll(/\s+/g, ' ').trim();
  const start = line.search(/\b(CREATE (OR REPLACE )?(STREAM|TABLE) [^;]*?\bAS SELECT|INSERT INTO)\b/i);
  return line === '' ? 'no query yet' : line.slice(Math.max(0, start));
}

/** Threads of a member's pool; null where its polls are worked off in the poll loop. */
const threadsOf = (node: PipelineNode): number | null =>
  configText(node, 'processing.mode') === 'pool' ? configNumber(node, 'pool.threads') : null;

/** The operation of a processor or the way of writing of a sink, one line; a branch says it at its ports. */
export function operationWords(node: PipelineNode): string {
  switch (node.kind) {
    case 'filter':
      return conditionWords(node);
    case 'map':
      return configTexts(node, 'fields').join(', ') || 'values unchanged';
    case 'rekey':
      return `key = ${configText(node, 'key')}`;
    case 'micro-batch': {
      const interval = configNumber(node, 'trigger.interval.ms');
      return interval === 0 ? 'one batch after the other' : `a batch every ${formatMilliseconds(interval)}`;
    }
    case 'operators':
      return (
        configText(node, 'operators')
          .split('\n')
          .map((line) => line.trim())
          .filter((line) => line !== '' && !/^(#|--)/.test(line))
          .join(' · ') || 'no operators yet'
      );
    case 'sql':
      return statementWords(configText(node, 'sql'));
    case 'merge':
      return 'all inputs into one';
    case 'service': {
      const concurrency = threadsOf(node) ?? configNumber(node, 'concurrency');
      return `${serviceWords(node)} a record${concurrency > 1 ? ` × ${formatShort(concurrency)}` : ''}`;
    }
    case 'sink': {
      const threads = threadsOf(node);
      const limit = configNumber(node, 'rate.limit');
      if (threads !== null) return `${serviceWords(node)} a record × ${formatShort(threads)}${limit > 0 ? `, ≤ ${formatRate(limit)}` : ''}`;
      const batch = configNumber(node, 'write.batch.records');
      return `${serviceWords(node)} a ${batch > 1 ? `write of ${formatShort(batch)}` : 'record'}${limit > 0 ? `, ≤ ${formatRate(limit)}` : ''}`;
    }
    default:
      return '';
  }
}

/** Whether the operation is an expression, shown in the monospaced face. */
export function operationIsCode(node: PipelineNode): boolean {
  return (
    node.kind === 'rekey' ||
    (node.kind === 'sql' && configText(node, 'sql').trim() !== '') ||
    (node.kind === 'operators' && configText(node, 'operators').trim() !== '') ||
    (node.kind === 'map' && configTexts(node, 'fields').length > 0) ||
    (node.kind === 'filter' && configText(node, 'condition') !== '')
  );
}
