/** The report of a run for people. */
import type { GroupReport, LatencySummary, NodeReport, Report, TopicReport } from '../engine/report/report.ts';
import type { StreamsReport } from '../engine/report/streamsView.ts';
import { counted, formatBytes, formatCount, formatDuration, formatRate, formatShare, formatWithHalfWidth, printable } from './format.ts';
import { ledgerText } from './ledgerText.ts';
import { lagText } from './lagText.ts';
import { left, renderTable, right, section, type Column } from './table.ts';

/** Longest list of partitions printed; the JSON report has them all. */
const rowsMax = 32;
const none = '–';

/** A table of the first rows, and a line that says how many are left out. */
function longTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const table = renderTable(columns, rows.slice(0, rowsMax));
  const more = rows.length - rowsMax;
  return more > 0 ? `${table}\n  … and ${formatCount(more)} more; --json shows all` : table;
}

function headline(report: Report): string {
  const outcomes = {
    finished: 'finished',
    running: 'stopped before the end of the scenario',
    bounded: `ended by a limit: ${report.boundReached ?? ''}`,
  };
  const parts = [
    `seed ${report.seed}`,
    `${formatDuration(report.virtualTimeMs)} of virtual time`,
    counted(report.events, 'event'),
    outcomes[report.outcome],
  ];
  return `${printable(report.name)}\n${printable(parts.join(' · '))}\n`;
}

/** Objectives with their verdict in words, so that colour and signs are never needed. */
export function objectivesText(report: Report): string {
  if (report.objectives.length === 0) return section('Objectives', '  none');
  const lines = report.objectives.map((objective) => {
    const verdict = objective.pass ? '✓ pass' : '✗ fail';
    return `  ${verdict}  ${printable(objective.name)}: ${printable(objective.sentence)}`;
  });
  return section('Objectives', lines.join('\n'));
}

function latencyCells(latency: LatencySummary | null): readonly string[] {
  if (latency === null || latency.samples === 0) return [none, none, none, none, none];
  const { meanMs, meanMsHalfWidth, p50Ms, p95Ms, p99Ms, maxMs } = latency;
  return [
    formatWithHalfWidth(meanMs, meanMsHalfWidth),
    formatDuration(p50Ms),
    formatDuration(p95Ms),
    formatDuration(p99Ms),
    formatDuration(maxMs),
  ];
}

function nodesText(nodes: readonly NodeReport[]): string {
  const columns = [
    left('node'),
    left('kind'),
    right('in'),
    right('out'),
    right('rate'),
    right('failed'),
    right('expired unread'),
    right('busy'),
    right('lag max'),
  ];
  const rows = nodes.map((node) => [
    node.name,
    node.kind,
    formatCount(node.recordsIn),
    formatCount(node.recordsOut),
    formatRate(node.ratePerSecondMean),
    formatCount(node.failed),
    formatCount(node.expiredUnread),
    node.utilisation === null ? none : formatShare(node.utilisation),
    node.utilisation === null ? none : `${formatCount(node.lagRecordsMax)} (${formatDuration(node.lagSecondsMax * 1000)})`,
  ]);
  return section('Nodes', renderTable(columns, rows));
}

function latencyText(nodes: readonly NodeReport[]): string {
  const columns = [left('node'), left('from'), right('mean'), right('p50'), right('p95'), right('p99'), right('max'), right('samples')];
  const rows = nodes.flatMap((node) => {
    const lines: string[][] = [];
    const add = (from: string, latency: LatencySummary | null) => {
      if (latency !== null) lines.push([node.name, from, ...latencyCells(latency), formatCount(latency.samples)]);
    };
    add('its topic', node.latency);
    add('the source', node.endToEnd);
    return lines;
  });
  return rows.length === 0 ? '' : section('Latency (mean ± half of the 95 % confidence interval)', renderTable(columns, rows));
}

function transactionsText(nodes: readonly NodeReport[]): string {
  const rows = nodes.flatMap(({ name, transactions }) => {
    if (transactions === null) return [];
    const { transactionalId, committed, aborted, timedOut, state, error } = transactions;
    const now = error === '' ? state : `${state} (${error})`;
    return [[printable(name), printable(transactionalId), formatCount(committed), formatCount(aborted), formatCount(timedOut), now]];
  });
  if (rows.length === 0) return '';
  const columns = [left('producer'), left('transactional.id'), ...['committed', 'aborted', 'timed out'].map(right), left('now')];
  return section('Transactions', renderTable(columns, rows));
}

function topicText(topic: TopicReport): string {
  const columns = ['partition', 'leader', 'log start', 'high watermark', 'last stable', 'log end', 'records', 'bytes', 'segments'].map(
    right,
  );
  const rows = topic.partitions.map((partition) => [
    String(partition.partition),
    String(partition.leader),
    formatCount(partition.logStartOffset),
    formatCount(partition.highWatermark),
    formatCount(partition.lastStableOffset),
    formatCount(partition.logEndOffset),
    formatCount(partition.records),
    formatBytes(partition.bytes),
    formatCount(partition.segments),
  ]);
  const title = `Topic ${printable(topic.name)}: ${counted(topic.records, 'record')}, ${formatBytes(topic.bytes)}, ${formatCount(topic.expired)} deleted by retention`;
  const compacted = topic.compacted > 0 ? `, ${formatCount(topic.compacted)} by compaction` : '';
  return section(title + compacted, `${replicationText(topic)}${longTable(columns, rows)}`);
}

/** What became of the copies: elections, records that went with a leader, copies that are missing now. Nothing where nothing happened. */
function replicationText({ elections, uncleanElections, lost, lostAcknowledged, underReplicated }: TopicReport): string {
  const parts = [
    elections > 0
      ? counted(elections, 'election') + (uncleanElections > 0 ? `, ${formatCount(uncleanElections)} of them unclean` : '')
      : '',
    lost > 0 ? `${counted(lost, 'record')} gone with a leader, ${formatCount(lostAcknowledged)} of them acknowledged` : '',
    underReplicated > 0 ? `${counted(underReplicated, 'partition')} under-replicated now` : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? '' : `  ${parts.join('; ')}\n`;
}

/** `orders 0–3, 7` for the partitions a member owns. */
function assignmentText(partitions: readonly { readonly topic: string; readonly partition: number }[]): string {
  const byTopic = new Map<string, number[]>();
  for (const { topic, partition } of partitions) byTopic.set(topic, [...(byTopic.get(topic) ?? []), partition]);
  const texts = [...byTopic].map(([topic, numbers]) => {
    const ranges: string[] = [];
    numbers.sort((a, b) => a - b);
    for (let start = 0; start < numbers.length;) {
      let end = start;
      while (numbers[end + 1] === numbers[end]! + 1) end++;
      ranges.push(end === start ? String(numbers[start]) : `${numbers[start]}–${numbers[end]}`);
      start = end + 1;
    }
    return `${topic} ${ranges.join(', ')}`;
  });
  return texts.length === 0 ? none : texts.join('; ');
}

function groupText(group: GroupReport): string {
  const members = longTable(
    [left('member'), left('state'), right('processed'), right('busy'), left('partitions')],
    group.members.map((member) => [
      `${member.node} ${member.member}`,
      member.state,
      formatCount(member.processed),
      formatShare(member.busy),
      assignmentText(member.partitions),
    ]),
  );
  const partitions = longTable(
    [left('topic'), right('partition'), right('committed'), right('position'), right('lag'), right('lag in time')],
    group.partitions.map((partition) => [
      partition.topic,
      String(partition.partition),
      partition.committed === null ? none : formatCount(partition.committed),
      partition.position === null ? none : formatCount(partition.position),
      formatCount(partition.lagRecords),
      formatDuration(partition.lagSeconds * 1000),
    ]),
  );
  const facts = [
    group.state,
    `generation ${group.generation}`,
    counted(group.rebalances, 'rebalance'),
    `coordinator ${group.coordinator < 0 ? 'none' : String(group.coordinator)}`,
    `lag ${counted(group.lagRecords, 'record')}, ${formatDuration(group.lagSeconds * 1000)}`,
  ];
  return section(`Group ${printable(group.groupId)}: ${facts.join(', ')}`, `${lagText(group.lag)}${members}\n\n${partitions}`);
}

/** Who was held back by a quota, and for how long: otherwise a low rate has no visible cause. */
function throttledText(nodes: readonly NodeReport[]): string {
  const lines = nodes
    .filter(({ throttledMs }) => throttledMs > 0)
    .map(({ name, kind, throttledMs }) => {
      const quota = kind === 'producer' ? 'quota.producer.bytes.per.second' : 'a quota of the cluster';
      return `  ${printable(name)} was held back by ${quota} for ${formatDuration(throttledMs)}, its instances and brokers together.`;
    });
  return lines.length === 0 ? '' : section('Quotas', lines.join('\n'));
}

/** A stream processor: how long its stores took to be restored, and what it could not handle. */
function streamsText({ nodes }: Report, { node, tasks, messages, late, lastMessages, restoreCount, restores }: StreamsReport): string {
  const name = nodes.find((each) => each.node === node)!.name;
  const lines = [`  ${counted(tasks, 'task')}, ${counted(restoreCount, 'restore')} of stores`];
  for (const { member, task, store, startMs, endMs, records, bytes, isPartial } of restores.slice(-10)) {
    const took = endMs === null ? 'not done yet' : `took ${formatDuration(endMs - startMs)}`;
    const rest = isPartial ? ', the rest was there' : '';
    lines.push(
      `  ${printable(member)} restored ${printable(store)} of task ${task} at ${formatDuration(startMs)}: ${formatCount(records)} records, ${formatBytes(bytes)}, ${took}${rest}`,
    );
  }
  if (messages > 0) {
    lines.push(
      `  ${formatCount(messages)} messages in the processing log, ${formatCount(late)} of them of records too late for their window; the last:`,
    );
    for (const { topic, partition, offset, text } of lastMessages.slice(-3))
      lines.push(`  ${printable(topic)}-${partition} at ${offset}: ${printable(text)}`);
  }
  return section(`Stream processor ${printable(name)}`, lines.join('\n'));
}

function storageText({ storage }: Report): string {
  const { diskBytes, remoteBytes, diskUsdPerMonth, remoteUsdPerMonth } = storage;
  if (diskBytes === 0) return '';
  const line = (bytes: number, where: string, usd: number): string =>
    `  ${formatBytes(bytes)} ${where}: ${usd.toFixed(2)} USD a month to hold as much, at the prices of the cluster's settings`;
  const lines = [line(diskBytes, "on the brokers' disks", diskUsdPerMonth)];
  if (remoteBytes > 0) lines.push(line(remoteBytes, 'in the remote tier', remoteUsdPerMonth));
  return section('Storage', lines.join('\n'));
}

function fidelityText(report: Report): string {
  const rows = report.fidelity.map((line) => [line.tag, line.figure, line.source]);
  return rows.length === 0 ? '' : section('What the numbers rest on', renderTable([left('tag'), left('figure'), left('source')], rows));
}

/** The whole report as aligned text; ends with the fingerprint. */
export function reportText(report: Report): string {
  return [
    headline(report),
    objectivesText(report),
    nodesText(report.nodes),
    latencyText(report.nodes),
    transactionsText(report.nodes),
    ...report.streams.map((streams) => streamsText(report, streams)),
    ...report.topics.map(topicText),
    ...report.groups.map(groupText),
    ledgerText(report),
    throttledText(report.nodes),
    storageText(report),
    fidelityText(report),
    `\nFingerprint ${report.fingerprint}\n`,
  ].join('');
}
