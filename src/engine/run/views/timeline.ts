/** Notices of groups, members and faults put into words for the timeline. */
import type { GroupNotice } from '../../group/context.ts';
import type { ProcessNotice } from '../../process/context.ts';
import { clusterEntries } from './clusterWords.ts';
import type { RunEvent } from '../../report/runEvent.ts';
import type { EngineContext } from '../state.ts';

/** Entries kept, the first ones of a run; the last line says that there was more. The number of all stays counted. */
const entriesMax = 10_000;
/** A producer that has no memory says so once in this time. */
const blockedSpacingUs = 1_000_000;

/** Adds what happened just now, behind all that groups and members noticed before. */
export function addEntry(ctx: EngineContext, entry: RunEvent): void {
  drainNotices(ctx);
  push(ctx, entry);
}

function push(ctx: EngineContext, entry: RunEvent): void {
  const { entries } = ctx.timeline;
  ctx.timeline.total++;
  if (entries.length === entriesMax - 1) {
    entries.push({
      timeUs: entry.timeUs,
      code: 'timeline.full',
      node: null,
      text: `More happened from here on than the ${entriesMax} lines kept.`,
    });
  } else if (entries.length < entriesMax) entries.push(entry);
}

/** Moves what the cluster, groups and members noticed onto the timeline, by time and not by when anybody looks. */
export function drainNotices(ctx: EngineContext): void {
  const { notices, processNotices } = ctx;
  const ofCluster = ctx.cluster.notices;
  if (notices.length === 0 && processNotices.length === 0 && ofCluster.length === 0) return;
  let cluster = 0;
  let group = 0;
  let member = 0;
  for (;;) {
    const clusterUs = cluster < ofCluster.length ? ofCluster[cluster].timeUs : Infinity;
    const groupUs = group < notices.length ? notices[group].timeUs : Infinity;
    const memberUs = member < processNotices.length ? processNotices[member].timeUs : Infinity;
    if (clusterUs === Infinity && groupUs === Infinity && memberUs === Infinity) break;
    if (clusterUs <= groupUs && clusterUs <= memberUs) {
      const first = cluster;
      while (cluster < ofCluster.length && ofCluster[cluster].timeUs === clusterUs) cluster++;
      for (const entry of clusterEntries(ctx, ofCluster.slice(first, cluster))) push(ctx, entry);
    } else if (groupUs <= memberUs) pushGroupNotice(ctx, notices[group++]);
    else pushProcessNotice(ctx, processNotices[member++]);
  }
  ofCluster.length = 0;
  notices.length = 0;
  processNotices.length = 0;
}

function pushGroupNotice(ctx: EngineContext, notice: GroupNotice): void {
  const group = ctx.groups[notice.group]!;
  const worker = notice.member >= 0 ? ctx.workers[notice.member] : undefined;
  const node = worker ? ctx.nodes[worker.node]! : (ctx.nodes.find((candidate) => candidate.group === notice.group) ?? null);
  const who = worker && node ? `${node.name}-${worker.number}` : `group ${group.groupId}`;
  const text = groupSentence(notice.code, who, group.groupId, notice.detail);
  push(ctx, { timeUs: notice.timeUs, code: notice.code, node: node?.id ?? null, text });
}

function pushProcessNotice(ctx: EngineContext, notice: ProcessNotice): void {
  const worker = ctx.workers[notice.member]!;
  const node = ctx.nodes[worker.node]!;
  const entry = { timeUs: notice.timeUs, code: notice.code, node: node.id, text: `${node.name}-${worker.number} ${notice.detail}.` };
  if (notice.code !== 'producer.blocked' || !saidBefore(ctx.timeline.entries, entry)) push(ctx, entry);
}

/** Whether the same was said not long ago: a producer without memory may be blocked at every record. */
function saidBefore(entries: readonly RunEvent[], entry: RunEvent): boolean {
  for (let i = entries.length - 1; i >= 0 && entries[i]!.timeUs > entry.timeUs - blockedSpacingUs; i--) {
    if (entries[i]!.text === entry.text) return true;
  }
  return false;
}

function groupSentence(code: string, who: string, groupId: string, detail: string): string {
  switch (code) {
    case 'rebalance.started':
      return `Group ${groupId} starts a rebalance: ${detail}.`;
    case 'rebalance.completed':
      return `Group ${groupId} has completed its rebalance: ${detail}.`;
    case 'offsets.expired':
      return `${detail}.`;
    case 'member.joined':
      return `${who} joined group ${groupId}.`;
    case 'member.left':
      return `${who} left group ${groupId}: ${detail}.`;
    case 'member.session-expired':
      return `The session of ${who} in group ${groupId} is over: ${detail}.`;
    case 'member.fenced':
      return `${who} is no member of group ${groupId} any more (${detail}): it gives up its partitions and joins again.`;
    case 'member.reconciling':
      return `${who} is to give up ${detail}.`;
    default:
      return `${who}: ${code} (${detail}).`;
  }
}
