import type { ConfigDefinition, ConfigValue, Finding, PipelineDocument, PipelineNode } from '../pipeline/index.ts';
import { effectiveConfig, groupIdOf, kindOf, sameConfigValue } from '../pipeline/index.ts';
import { clientConfig } from '../pipeline/kinds/client.ts';
import { consumerConfig } from '../pipeline/kinds/consumer.ts';
import { producerClientConfig, transactionConfig } from '../pipeline/kinds/producer.ts';
import type { Exported, ExportedFile, ExportOptions } from './exportTypes.ts';
import { commentText, fileNames, propertiesValue } from './quoting.ts';

type Entry = readonly [string, string];

/** The document's short names for Kafka's assignor classes. */
const assignors: Readonly<Record<string, string>> = {
  range: 'org.apache.kafka.clients.consumer.RangeAssignor',
  roundrobin: 'org.apache.kafka.clients.consumer.RoundRobinAssignor',
  sticky: 'org.apache.kafka.clients.consumer.StickyAssignor',
  'cooperative-sticky': 'org.apache.kafka.clients.consumer.CooperativeStickyAssignor',
};

/** Configs set to something else than Kafka's default, which are the only ones worth writing. */
function changed(node: PipelineNode, rows: readonly ConfigDefinition[]): readonly (readonly [ConfigDefinition, ConfigValue])[] {
  const effective = effectiveConfig(node);
  return rows
    .filter((row) => Object.hasOwn(effective, row.name) && row.source === 'kafka' && !sameConfigValue(effective[row.name]!, row.default))
    .filter((row) => row.when === undefined || row.when.is.includes(effective[row.when.name]!))
    .map((row) => [row, effective[row.name]!] as const);
}

function propertiesText(head: readonly string[], entries: readonly Entry[]): string {
  const comments = head.map((line) => `# ${commentText(line)}`);
  return `${[...comments, ...entries.map(([name, value]) => `${name}=${propertiesValue(value)}`)].join('\n')}\n`;
}

/** Whether a processor commits in transactions, whose client is then neither committing by itself nor reading what is not committed. */
const isExactlyOnce = (node: PipelineNode): boolean => effectiveConfig(node)['processing.guarantee'] === 'exactly_once_v2';

function producerEntries(node: PipelineNode, path: string, findings: Finding[]): readonly Entry[] {
  if (isExactlyOnce(node)) {
    findings.push({
      severity: 'info',
      code: 'export.transactional-id',
      path: `${path}/config/processing.guarantee`,
      node: node.id,
      config: 'processing.guarantee',
      message: `transactional.id of "${node.name}" is not exported: every instance needs one of its own.`,
      remedy: 'Set transactional.id per instance, or processing.guarantee=exactly_once_v2 where Kafka Streams does the processing.',
    });
  }
  const transactions = kindOf(node.kind).role === 'producer' ? transactionConfig : [];
  return changed(node, [...producerClientConfig, ...clientConfig, ...transactions]).map(([row, value]): Entry => {
    if (row.name !== 'linger.ms' || typeof value !== 'number' || Number.isInteger(value)) return [row.name, String(value)];
    const message = `linger.ms of "${node.name}" is ${value}; Kafka takes whole milliseconds only, so ${Math.ceil(value)} is exported.`;
    findings.push({
      severity: 'warning',
      code: 'export.rounded',
      path: `${path}/config/linger.ms`,
      node: node.id,
      config: 'linger.ms',
      message,
      remedy: 'Use a whole number to simulate what will run.',
    });
    return [row.name, String(Math.ceil(value))];
  });
}

function consumerEntries(node: PipelineNode, path: string, findings: Finding[]): readonly Entry[] {
  const entries = changed(node, [...consumerConfig, ...clientConfig]).flatMap(([row, value]): Entry[] => {
    switch (row.name) {
      case 'group.id':
        return [];
      case 'group.instance.id': {
        const message = `group.instance.id of "${node.name}" is not exported: every instance needs one of its own.`;
        findings.push({
          severity: 'info',
          code: 'export.static-membership',
          path: `${path}/config/group.instance.id`,
          node: node.id,
          config: row.name,
          message,
          remedy: `Set group.instance.id per instance, for instance to "${String(value)}" and a number.`,
        });
        return [];
      }
      case 'partition.assignment.strategy':
        return [
          [
            row.name,
            String(value)
              .split(',')
              .map((name) => assignors[name] ?? name)
              .join(','),
          ],
        ];
      default:
        return [[row.name, String(value)]];
    }
  });
  // The commit mode is the simulation's word, but a client that left enable.auto.commit at its default would commit differently.
  const settings = effectiveConfig(node);
  const isAutomatic = settings['commit.mode'] === 'auto' && (settings['processing.guarantee'] ?? 'at_least_once') === 'at_least_once';
  const isCommitted = isExactlyOnce(node) && settings['isolation.level'] !== 'read_committed';
  return [
    ['group.id', groupIdOf(node)!],
    ...(isAutomatic ? [] : [['enable.auto.commit', 'false'] as const]),
    ...(isCommitted ? [['isolation.level', 'read_committed'] as const] : []),
    ...entries,
  ];
}

/** A `.properties` file for each Kafka client of the pipeline: producers, sinks, and both halves of processors. Serializers are the application's own. */
export function exportClientProperties(document: PipelineDocument, options: ExportOptions = {}): Exported {
  const findings: Finding[] = [];
  const nameOf = fileNames();
  const bootstrap: Entry = ['bootstrap.servers', options.bootstrapServer ?? 'localhost:9092'];
  const files = document.nodes.flatMap((node, index): ExportedFile[] => {
    const { role, label } = kindOf(node.kind);
    if (role === 'topic') return [];
    const stem = `clients/${nameOf(node.name)}`;
    const path = `/nodes/${index}`;
    const file = (half: 'consumer' | 'producer', entries: readonly Entry[]): ExportedFile => ({
      path: `${stem}.${half}.properties`,
      text: propertiesText(
        [`Kafka ${half} of the ${label.toLowerCase()} "${node.name}" in the pipeline "${document.name}", made by Logjam.`],
        [bootstrap, ...entries],
      ),
    });
    return [
      ...(role === 'producer' ? [] : [file('consumer', consumerEntries(node, path, findings))]),
      ...(role === 'sink' ? [] : [file('producer', producerEntries(node, path, findings))]),
    ];
  });
  return { files, findings };
}
