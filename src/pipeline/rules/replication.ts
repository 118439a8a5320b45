/** Copies of topics and what they can survive, and the brokers' own configs about them. */
import type { PipelineNode } from '../document.ts';
import type { Finding } from '../finding.ts';
import { rackAwareSelector } from '../kinds/clusterReplication.ts';
import { nearestName } from '../nearest.ts';
import { racksOf } from '../racks.ts';
import type { Rule, RuleContext, Words } from './rule.ts';
import { about, aboutCluster, counted, isConsumer, nodesWhere, numberOf, roleOf, textOf, writersOf } from './rule.ts';

/** Kafka's sentence of INVALID_REPLICATION_FACTOR (StripedReplicaPlacer). */
function factorWords(factor: number, brokers: number, config: string, code: string): Words {
  return {
    severity: 'error',
    code,
    message: `Unable to replicate the partition ${factor} time(s): The target replication factor of ${factor} cannot be reached because only ${brokers} broker(s) are registered.`,
    remedy: `Set ${config} to ${brokers} or less, or add brokers.`,
  };
}

function factor(context: RuleContext, topic: PipelineNode): readonly Finding[] {
  const copies = numberOf(context, topic, 'replication.factor');
  const brokers = Number(context.cluster['brokers']);
  if (!(copies > brokers)) return [];
  const words = factorWords(copies, brokers, 'replication.factor', 'topic.replication-factor');
  const message = `The topic "${topic.name}" is refused (INVALID_REPLICATION_FACTOR): ${words.message}`;
  return [about(context, topic, { ...words, message }, 'replication.factor')];
}

function inSync(context: RuleContext, topic: PipelineNode): readonly Finding[] {
  const copies = numberOf(context, topic, 'replication.factor');
  const minimum = numberOf(context, topic, 'min.insync.replicas');
  const warn = (code: string, message: string, remedy: string): readonly Finding[] => [
    about(context, topic, { severity: 'warning', code, message, remedy }, 'min.insync.replicas'),
  ];
  // A factor below 1 is an error of its own.
  if (!(copies >= 1)) return [];
  if (minimum > copies) {
    // Kafka's broker takes the smaller of the two (Partition.effectiveMinIsr, KIP-966), so nothing is refused, but the wish is not met.
    const message = `min.insync.replicas of "${topic.name}" is ${minimum}, but there ${copies === 1 ? 'is only 1 copy' : `are only ${copies} copies`}; Kafka then takes ${copies} as the minimum, and every write with acks=all needs all of them.`;
    return warn('topic.min-insync-replicas', message, `Set min.insync.replicas to at most ${copies}, or raise replication.factor.`);
  }
  if (minimum === copies && copies > 1) {
    const message = `With ${copies} copies and min.insync.replicas ${minimum}, one broker down stops every write with acks=all to "${topic.name}".`;
    return warn('topic.no-spare-replica', message, `Set min.insync.replicas to ${copies - 1}.`);
  }
  return [];
}

/** One copy is lost with its broker, whatever acks says; said where somebody asks for safety or plans to lose a broker. */
function singleCopy(context: RuleContext, topic: PipelineNode): readonly Finding[] {
  if (numberOf(context, topic, 'replication.factor') !== 1 || Number(context.cluster['brokers']) < 2) return [];
  const loses = context.document.scenario.faults.some(({ action }) =>
    ['broker.kill', 'broker.stop', 'zone.loss', 'disk.full'].includes(action),
  );
  const remedy = 'Set replication.factor to 3 and min.insync.replicas to 2.';
  if (loses) {
    const message = `"${topic.name}" has one copy of each partition: while its broker is down, a partition can neither be written nor read.`;
    return [about(context, topic, { severity: 'info', code: 'topic.single-copy', message, remedy }, 'replication.factor')];
  }
  const writer = writersOf(context, topic).find((node) => node.config['acks'] === 'all');
  if (writer === undefined) return [];
  const message = `"${writer.name}" asks for acks=all, but "${topic.name}" has one copy: that is the same as acks=1.`;
  return [about(context, topic, { severity: 'info', code: 'topic.single-copy', message, remedy }, 'replication.factor')];
}

function unclean(context: RuleContext, topic: PipelineNode): readonly Finding[] {
  const isOn = context.configs.get(topic.id)?.['unclean.leader.election.enable'] === true;
  const writer = writersOf(context, topic).find((node) => textOf(context, node, 'acks') === 'all');
  if (!isOn || writer === undefined || numberOf(context, topic, 'replication.factor') < 2) return [];
  const message = `"${topic.name}" allows unclean leaders: records that "${writer.name}" was told are safe (acks=all) can be lost when no in-sync replica is left.`;
  const words = { message, remedy: 'Leave unclean.leader.election.enable off where records matter more than being available.' };
  return [about(context, topic, { severity: 'warning', code: 'topic.unclean-leaders', ...words }, 'unclean.leader.election.enable')];
}

/** Copies go to different racks while there are enough; two in one rack go down together. */
function rackSpread(context: RuleContext, topic: PipelineNode): readonly Finding[] {
  const racks = racksOf(context.cluster).length;
  const copies = numberOf(context, topic, 'replication.factor');
  const minimum = Math.min(numberOf(context, topic, 'min.insync.replicas'), copies);
  const inOneRack = Math.ceil(copies / racks);
  if (racks < 2 || !(copies > racks) || copies > Number(context.cluster['brokers'])) return [];
  const stops = copies - inOneRack < minimum;
  const consequence = stops
    ? `fewer than min.insync.replicas (${minimum}) are left, and writes with acks=all stop`
    : `${copies - inOneRack} are left`;
  const message = `The ${copies} copies of "${topic.name}" stand in ${racks} racks: when the one with ${inOneRack} of them is lost, ${consequence}.`;
  const words = { message, remedy: `Use ${copies} racks, or other numbers.` };
  return [about(context, topic, { severity: stops ? 'warning' : 'info', code: 'topic.copies-share-rack', ...words }, 'replication.factor')];
}

function internalTopics(context: RuleContext): readonly Finding[] {
  const brokers = Number(context.cluster['brokers']);
  const set = context.document.cluster.config;
  return ['offsets.topic.replication.factor', 'transaction.state.log.replication.factor'].flatMap((config) => {
    const copies = set[config];
    if (typeof copies !== 'number' || copies <= brokers) return [];
    const words = factorWords(copies, brokers, config, 'cluster.internal-replication-factor');
    return [aboutCluster({ ...words, message: `${config} cannot be met: ${words.message}` }, config)];
  });
}

function brokerConfigs(context: RuleContext): readonly Finding[] {
  const of = (name: string) => Number(context.cluster[name]);
  const findings: Finding[] = [];
  const racks = context.cluster['broker.racks'];
  const written = Array.isArray(racks) ? racks.length : 0;
  if (written > of('brokers')) {
    const message = `broker.racks names ${written} racks for ${counted(of('brokers'), 'broker')}: the last ${written - of('brokers')} of them have none.`;
    const words = { message, remedy: 'Name at most one rack for each broker, or add brokers.' };
    findings.push(aboutCluster({ severity: 'warning', code: 'cluster.empty-racks', ...words }, 'broker.racks'));
  }
  if (Array.isArray(racks) && racks.some((rack) => rack.trim() === '')) {
    const words = { message: 'broker.racks has an empty line.', remedy: 'Name the rack, or remove the line.' };
    findings.push(aboutCluster({ severity: 'error', code: 'cluster.rack-name', ...words }, 'broker.racks'));
  }
  if (of('replica.fetch.wait.max.ms') > of('replica.lag.time.max.ms')) {
    // Kafka's broker refuses to start (KafkaConfig.validateValues).
    const message = `replica.fetch.wait.max.ms (${of('replica.fetch.wait.max.ms')}) is above replica.lag.time.max.ms (${of('replica.lag.time.max.ms')}): idle followers would leave the in-sync replicas again and again; Kafka's broker refuses to start.`;
    const words = { message, remedy: 'Set replica.fetch.wait.max.ms to at most replica.lag.time.max.ms.' };
    findings.push(aboutCluster({ severity: 'error', code: 'cluster.replica-fetch-wait', ...words }, 'replica.fetch.wait.max.ms'));
  }
  if (of('broker.heartbeat.interval.ms') * 2 > of('broker.session.timeout.ms')) {
    const message = `Fewer than two heartbeats of a broker (${of('broker.heartbeat.interval.ms')} ms) fit into its session (${of('broker.session.timeout.ms')} ms): one late heartbeat, and a living broker is fenced.`;
    const words = { message, remedy: 'Set broker.heartbeat.interval.ms to at most half of broker.session.timeout.ms.' };
    findings.push(aboutCluster({ severity: 'warning', code: 'cluster.broker-heartbeat', ...words }, 'broker.heartbeat.interval.ms'));
  }
  return findings;
}

/** A rack nobody stands in, and one that no leader looks at. */
function clientRack(context: RuleContext, node: PipelineNode): readonly Finding[] {
  const rack = textOf(context, node, 'client.rack');
  if (rack === '' || !isConsumer(node)) return [];
  const racks = racksOf(context.cluster);
  if (!racks.includes(rack)) {
    const near = nearestName(rack, racks);
    const known = racks.length === 0 ? 'The cluster has no racks' : `Brokers stand in ${racks.join(', ')}`;
    const message = `"${node.name}" stands in the rack "${rack}", where no broker is. ${known}: it reads from leaders.`;
    const remedy = racks.length === 0 ? 'Set broker.racks of the cluster.' : near === null ? 'Name one of these.' : `Did you mean ${near}?`;
    return [about(context, node, { severity: 'warning', code: 'consumer.unknown-rack', message, remedy }, 'client.rack')];
  }
  if (context.cluster['replica.selector.class'] === rackAwareSelector) return [];
  const message = `"${node.name}" has a client.rack, but leaders look at no racks (replica.selector.class is none): it reads from leaders, wherever they stand.`;
  const remedy = `Set replica.selector.class of the cluster to ${rackAwareSelector}.`;
  return [about(context, node, { severity: 'info', code: 'consumer.rack-unused', message, remedy }, 'client.rack')];
}

export const replicationRules: readonly Rule[] = [
  (context) => context.document.nodes.flatMap((node) => clientRack(context, node)),
  (context) =>
    nodesWhere(context, (node) => roleOf(node) === 'topic').flatMap((topic) =>
      [factor, inSync, singleCopy, unclean, rackSpread].flatMap((rule) => rule(context, topic)),
    ),
  internalTopics,
  brokerConfigs,
];
