/** `group.protocol`: what a client or broker refuses to start with, and members of one group that do not speak the same. */
import type { PipelineNode } from '../document.ts';
import type { Finding } from '../finding.ts';
import { parseOffsetReset } from '../offsetReset.ts';
import type { Rule, RuleContext } from './rule.ts';
import { about, aboutCluster, groupsOf, isConsumer, nodesWhere, textOf } from './rule.ts';

/** ConsumerConfig.CONSUMER_PROTOCOL_UNSUPPORTED_CONFIGS: the broker decides these. */
const classicOnly = ['partition.assignment.strategy', 'heartbeat.interval.ms', 'session.timeout.ms'];
const brokersWord: Readonly<Record<string, string>> = {
  'partition.assignment.strategy': 'group.remote.assignor of this node',
  'heartbeat.interval.ms': 'group.consumer.heartbeat.interval.ms of the cluster',
  'session.timeout.ms': 'group.consumer.session.timeout.ms of the cluster',
};

function refusedConfigs(context: RuleContext, node: PipelineNode): readonly Finding[] {
  const refuse = (config: string, protocol: string, remedy: string): Finding => {
    const message = `"${node.name}" sets ${config}, which Kafka's client refuses with group.protocol=${protocol} (ConfigException).`;
    return about(context, node, { severity: 'error', code: 'consumer.protocol-config', message, remedy }, config);
  };
  if (textOf(context, node, 'group.protocol') === 'consumer')
    return classicOnly
      .filter((config) => Object.hasOwn(node.config, config))
      .map((config) => refuse(config, 'consumer', `Take it back to its default; ${brokersWord[config]} is what counts.`));
  if (textOf(context, node, 'group.protocol') === 'share') return shareConfigs(context, node);
  if (!Object.hasOwn(node.config, 'group.remote.assignor') || textOf(context, node, 'group.remote.assignor') === 'none') return [];
  return [refuse('group.remote.assignor', 'classic', 'Set group.protocol to consumer, or take it back to its default.')];
}

/** ShareConsumerConfig's unsupported configs: a share group has its own, or none. */
const notShared: Readonly<Record<string, string>> = {
  'auto.offset.reset': 'share.auto.offset.reset decides where it begins',
  'isolation.level': 'share.isolation.level is what counts',
  'commit.mode': 'it acknowledges records instead of committing offsets',
  'group.instance.id': 'it has no static members',
  'group.remote.assignor': 'every member reads every partition',
  'partition.assignment.strategy': 'every member reads every partition',
  'session.timeout.ms': 'group.share.session.timeout.ms of the cluster is what counts',
  'heartbeat.interval.ms': 'group.share.heartbeat.interval.ms of the cluster is what counts',
};

function shareConfigs(context: RuleContext, node: PipelineNode): readonly Finding[] {
  const findings = Object.entries(notShared)
    .filter(([config]) => Object.hasOwn(node.config, config))
    .map(([config, reason]): Finding => {
      const message = `"${node.name}" sets ${config}, which a share group does not use: ${reason}.`;
      const words = { message, remedy: 'Take it back to its default.' };
      return about(context, node, { severity: 'warning', code: 'share.unused-config', ...words }, config);
    });
  const reset = textOf(context, node, 'share.auto.offset.reset');
  if (reset === 'none' || parseOffsetReset(reset) === null) {
    const message = `share.auto.offset.reset of "${node.name}" is "${reset}".`;
    const words = { message, remedy: 'Use latest, earliest, or by_duration: and an ISO 8601 duration, such as by_duration:PT1H.' };
    findings.push(about(context, node, { severity: 'error', code: 'share.auto-offset-reset', ...words }, 'share.auto.offset.reset'));
  }
  if (node.config['share.acknowledgement.renew'] === true && textOf(context, node, 'share.acknowledgement.mode') !== 'explicit') {
    const message = `"${node.name}" renews the locks of its records, which Kafka's share consumer does with share.acknowledgement.mode=explicit alone.`;
    const words = { message, remedy: 'Set share.acknowledgement.mode to explicit, or share.acknowledgement.renew to false.' };
    findings.push(about(context, node, { severity: 'error', code: 'share.renew-implicit', ...words }, 'share.acknowledgement.renew'));
  }
  if (textOf(context, node, 'processing.guarantee') === 'exactly_once_v2') {
    const message = `"${node.name}" reads as a share group and asks for processing.guarantee=exactly_once_v2; acknowledgements of share groups are no part of a transaction.`;
    const words = { message, remedy: 'Set group.protocol to consumer or classic, or processing.guarantee to at_least_once.' };
    findings.push(about(context, node, { severity: 'error', code: 'share.exactly-once', ...words }, 'processing.guarantee'));
  }
  return findings;
}

function disagreement(context: RuleContext, groupId: string, nodes: readonly PipelineNode[]): readonly Finding[] {
  const [first, ...others] = nodes;
  return others
    .filter((node) => textOf(context, node, 'group.protocol') !== textOf(context, first, 'group.protocol'))
    .map((node) => {
      const message = `"${node.name}" and "${first.name}" are in the group "${groupId}" with different values of group.protocol; a group changing from one protocol to the other is not simulated.`;
      const words = { message, remedy: 'Give all nodes of a group the same group.protocol.' };
      return about(context, node, { severity: 'error', code: 'group.different-protocols', ...words }, 'group.protocol');
    });
}

/** GroupConfig: what `kafka-configs --entity-type groups` sets for a share group as a whole, whoever of its nodes the document writes it to. */
const ofShareGroup = ['share.auto.offset.reset', 'share.isolation.level'];

function shareDisagreement(context: RuleContext, groupId: string, nodes: readonly PipelineNode[]): readonly Finding[] {
  const [first, ...others] = nodes;
  if (nodes.some((node) => textOf(context, node, 'group.protocol') !== 'share')) return [];
  return others.flatMap((node) =>
    ofShareGroup
      .filter((config) => textOf(context, node, config) !== textOf(context, first, config))
      .map((config) => {
        const [own, firsts] = [node, first].map((one) => textOf(context, one, config));
        const message = `"${node.name}" has ${config}=${own} and "${first.name}" has ${firsts}, but both are in the share group "${groupId}", and Kafka keeps that config once for a group.`;
        const words = { message, remedy: `Give all nodes of the group the same ${config}.` };
        return about(context, node, { severity: 'error', code: 'share.different-configs', ...words }, config);
      }),
  );
}

const assignors = ['uniform', 'range'];

/** GroupCoordinatorConfig: what a broker does not start with. */
function brokers({ cluster }: RuleContext): readonly Finding[] {
  const findings: Finding[] = [];
  const add = (severity: 'error' | 'warning', config: string, message: string, remedy: string): void => {
    findings.push(aboutCluster({ severity, code: `cluster.${config.replace(/\.ms$/, '').replaceAll('.', '-')}`, message, remedy }, config));
  };
  const session = Number(cluster['group.consumer.session.timeout.ms']);
  const heartbeat = Number(cluster['group.consumer.heartbeat.interval.ms']);
  if (heartbeat >= session) {
    const message = `group.consumer.heartbeat.interval.ms is ${heartbeat}, which is not below group.consumer.session.timeout.ms (${session}); Kafka's broker refuses that.`;
    add('error', 'group.consumer.heartbeat.interval.ms', message, 'Set it to a third of group.consumer.session.timeout.ms, or less.');
  }
  if (session < 45_000 || session > 60_000) {
    const message = `group.consumer.session.timeout.ms is ${session}; a Kafka broker allows 45000 to 60000 unless group.consumer.min.session.timeout.ms or group.consumer.max.session.timeout.ms are set too.`;
    add('warning', 'group.consumer.session.timeout.ms', message, 'Set it to a value between 45000 and 60000.');
  }
  if (heartbeat < 5_000 || heartbeat > 15_000) {
    const message = `group.consumer.heartbeat.interval.ms is ${heartbeat}; a Kafka broker allows 5000 to 15000 unless group.consumer.min.heartbeat.interval.ms or group.consumer.max.heartbeat.interval.ms are set too.`;
    add('warning', 'group.consumer.heartbeat.interval.ms', message, 'Set it to a value between 5000 and 15000.');
  }
  const listed = cluster['group.consumer.assignors'];
  const names = Array.isArray(listed) ? listed.map(String) : [];
  const unknown = names.filter((name) => !assignors.includes(name));
  if (unknown.length > 0 || names.length === 0) {
    const message =
      names.length === 0
        ? 'group.consumer.assignors is empty; brokers need at least one.'
        : `group.consumer.assignors names ${unknown.join(', ')}; brokers have ${assignors.join(' and ')}.`;
    add('error', 'group.consumer.assignors', message, 'Use uniform, range, or both; the first is the default.');
  }
  return findings;
}

/** A server assignor that brokers do not have (UNSUPPORTED_ASSIGNOR). */
function unsupportedAssignor(context: RuleContext, node: PipelineNode): readonly Finding[] {
  const name = textOf(context, node, 'group.remote.assignor');
  const listed = context.cluster['group.consumer.assignors'];
  if (textOf(context, node, 'group.protocol') !== 'consumer' || name === 'none' || !Array.isArray(listed)) return [];
  if (listed.map(String).includes(name)) return [];
  const message = `"${node.name}" asks for the assignor ${name}, which is not among group.consumer.assignors of the cluster (${listed.join(', ')}); the coordinator refuses its members (UNSUPPORTED_ASSIGNOR).`;
  const words = { message, remedy: `Add ${name} to group.consumer.assignors, or choose another.` };
  return [about(context, node, { severity: 'error', code: 'consumer.unsupported-assignor', ...words }, 'group.remote.assignor')];
}

export const groupProtocolRules: readonly Rule[] = [
  (context) => nodesWhere(context, isConsumer).flatMap((node) => [...refusedConfigs(context, node), ...unsupportedAssignor(context, node)]),
  (context) =>
    [...groupsOf(context)].flatMap(([id, nodes]) => [...disagreement(context, id, nodes), ...shareDisagreement(context, id, nodes)]),
  brokers,
];
