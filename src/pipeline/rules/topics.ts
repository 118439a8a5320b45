/** Topic configs that Kafka refuses or that surprise: segments, compaction, the remote tier. */
import type { PipelineNode } from '../document.ts';
import type { Finding } from '../finding.ts';
import type { Rule, RuleContext } from './rule.ts';
import { about, nodesWhere, numberOf, roleOf, textOf, writersOf } from './rule.ts';

function log(context: RuleContext, node: PipelineNode): readonly Finding[] {
  const findings: Finding[] = [];
  const segmentBytes = numberOf(context, node, 'segment.bytes');
  const maxMessageBytes = numberOf(context, node, 'max.message.bytes');
  if (segmentBytes < 1_048_576) {
    const words = {
      message: `segment.bytes of "${node.name}" is ${segmentBytes}; Kafka 4 refuses it (Invalid value ${segmentBytes} for configuration segment.bytes: Value must be at least 1048576).`,
      remedy: 'Raise it before you export; the simulation takes it.',
    };
    findings.push(about(context, node, { severity: 'info', code: 'topic.small-segments', ...words }, 'segment.bytes'));
  }
  if (maxMessageBytes > segmentBytes) {
    const words = {
      message: `"${node.name}" accepts batches of ${maxMessageBytes} bytes, but a segment holds only ${segmentBytes}; larger batches are refused.`,
      remedy: 'Raise segment.bytes, or lower max.message.bytes.',
    };
    findings.push(
      about(
        context,
        node,
        { severity: segmentBytes < 1_048_576 ? 'info' : 'warning', code: 'topic.batch-larger-than-segment', ...words },
        'max.message.bytes',
      ),
    );
  }
  return findings;
}

/** Writers of records without keys, or without values, to a compacted topic, and tombstones where nothing is compacted. */
function keysAndTombstones(context: RuleContext, topic: PipelineNode): readonly Finding[] {
  const compacts = textOf(context, topic, 'cleanup.policy').includes('compact');
  const writers = writersOf(context, topic).filter((node) => node.kind === 'producer');
  return writers.flatMap((writer): Finding[] => {
    if (compacts && textOf(context, writer, 'key.shape') === 'none') {
      // LogValidator.validateKey
      const message = `"${writer.name}" writes records without a key to the compacted topic "${topic.name}"; Kafka refuses each of them (INVALID_RECORD: Compacted topic cannot accept message without key).`;
      const words = { message, remedy: 'Give the records keys, or set cleanup.policy to delete.' };
      return [about(context, writer, { severity: 'warning', code: 'topic.compacted-without-keys', ...words }, 'key.shape')];
    }
    if (!compacts && numberOf(context, writer, 'value.null.share') > 0) {
      const message = `"${writer.name}" writes records without a value to "${topic.name}", which is not compacted: there they delete nothing.`;
      const words = { message, remedy: 'Set cleanup.policy of the topic to compact, or value.null.share to 0.' };
      return [about(context, writer, { severity: 'info', code: 'topic.tombstones-not-compacted', ...words }, 'value.null.share')];
    }
    return [];
  });
}

function compaction(context: RuleContext, topic: PipelineNode): readonly Finding[] {
  if (!textOf(context, topic, 'cleanup.policy').includes('compact')) return [];
  const least = numberOf(context, topic, 'min.compaction.lag.ms');
  const most = numberOf(context, topic, 'max.compaction.lag.ms');
  const findings: Finding[] = [];
  if (least > most) {
    // LogConfig.validateValues
    const message = `Kafka refuses the topic "${topic.name}": conflict topic config setting min.compaction.lag.ms (${least}) > max.compaction.lag.ms (${most}).`;
    const words = { message, remedy: 'Set min.compaction.lag.ms to at most max.compaction.lag.ms.' };
    findings.push(about(context, topic, { severity: 'error', code: 'topic.compaction-lags', ...words }, 'min.compaction.lag.ms'));
  }
  if (context.cluster['log.cleaner.threads'] === 0) {
    const message = `"${topic.name}" is compacted, but the brokers have no cleaner threads: it keeps every record.`;
    findings.push(
      about(
        context,
        topic,
        { severity: 'warning', code: 'topic.no-cleaner', message, remedy: 'Set log.cleaner.threads of the cluster to 1 or more.' },
        'cleanup.policy',
      ),
    );
  }
  return findings;
}

/** LogConfig.validateTopicLogConfigValues for topics with a remote tier. */
function remoteTier(context: RuleContext, topic: PipelineNode): readonly Finding[] {
  if (context.configs.get(topic.id)?.['remote.storage.enable'] !== true) return [];
  const refuse = (config: string, code: string, message: string, remedy: string): Finding =>
    about(context, topic, { severity: 'error', code, message: `Kafka refuses the topic "${topic.name}": ${message}`, remedy }, config);
  const findings: Finding[] = [];
  if (textOf(context, topic, 'cleanup.policy') !== 'delete') {
    findings.push(
      refuse(
        'remote.storage.enable',
        'topic.remote-storage-compacted',
        'Remote log storage only supports topics with cleanup.policy=delete or cleanup.policy being an empty list.',
        'Set cleanup.policy to delete, or remote.storage.enable to false.',
      ),
    );
  }
  for (const unit of ['ms', 'bytes'] as const) {
    const local = numberOf(context, topic, `local.retention.${unit}`);
    const whole = numberOf(context, topic, `retention.${unit}`);
    if (local === -2 || whole < 0 || !(local === -1 || local > whole)) continue;
    const because =
      local === -1
        ? `Value must not be -1 as retention.${unit} value is set as ${whole}.`
        : `Value must not be more than retention.${unit} property value: ${whole}`;
    const message = `Invalid value ${local} for configuration local.retention.${unit}: ${because}`;
    findings.push(
      refuse(
        `local.retention.${unit}`,
        'topic.local-retention',
        message,
        `Set local.retention.${unit} to at most retention.${unit}, or to -2 for the same.`,
      ),
    );
  }
  return findings;
}

/** A batch of a processor with transactions that no segment holds is made again after every abort. */
function endlessAborts(context: RuleContext, topic: PipelineNode): readonly Finding[] {
  const segmentBytes = numberOf(context, topic, 'segment.bytes');
  return writersOf(context, topic)
    .filter((writer) => textOf(context, writer, 'processing.guarantee') === 'exactly_once_v2')
    .filter((writer) => numberOf(context, writer, 'batch.size') > segmentBytes)
    .map((writer): Finding => {
      const batchSize = numberOf(context, writer, 'batch.size');
      const message = `Batches of "${writer.name}" grow to ${batchSize} bytes (batch.size), and segments of "${topic.name}" hold ${segmentBytes}: a larger batch is refused (RECORD_LIST_TOO_LARGE), its transaction is aborted, and the same batch is made and refused again, for ever.`;
      const words = {
        message,
        remedy: `Raise segment.bytes of "${topic.name}" to ${batchSize} or more, or lower batch.size of "${writer.name}" to ${segmentBytes} or less.`,
      };
      return about(context, topic, { severity: 'warning', code: 'topic.endless-aborts', ...words }, 'segment.bytes');
    });
}

export const topicRules: readonly Rule[] = [
  (context) =>
    nodesWhere(context, (node) => roleOf(node) === 'topic').flatMap((node) =>
      [log, compaction, remoteTier, keysAndTombstones, endlessAborts].flatMap((rule) => rule(context, node)),
    ),
];
