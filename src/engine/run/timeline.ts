/** Notices of groups, members and faults put into words for the timeline. */
import type { EngineContext, TimelineEntry } from './state.ts';

/** Entries kept; older ones beyond this are dropped, their number stays counted. */
const entriesMax = 10_000;

export function addEntry(ctx: EngineContext, entry: TimelineEntry): void {
  const { timeline } = ctx;
  timeline.total++;
  if (timeline.entries.length < entriesMax) timeline.entries.push(entry);
}

/** Moves what groups and members noticed onto the timeline. */
export function drainNotices(ctx: EngineContext): void {
  if (ctx.notices.length > 0) {
    for (const notice of ctx.notices) {
      const group = ctx.groups[notice.group]!;
      const worker = notice.member >= 0 ? ctx.workers[notice.member] : undefined;
      const node = worker ? ctx.nodes[worker.node]! : (ctx.nodes.find((candidate) => candidate.group === notice.group) ?? null);
      const who = worker && node ? `${node.name}-${worker.number}` : `group ${group.groupId}`;
      addEntry(ctx, {
        timeUs: notice.timeUs,
        code: notice.code,
        node: node?.id ?? null,
        text: groupSentence(notice.code, who, group.groupId, notice.detail),
      });
    }
    ctx.notices.length = 0;
  }
  if (ctx.processNotices.length > 0) {
    for (const notice of ctx.processNotices) {
      const worker = ctx.workers[notice.member]!;
      const node = ctx.nodes[worker.node]!;
      addEntry(ctx, { timeUs: notice.timeUs, code: notice.code, node: node.id, text: `${node.name}-${worker.number} ${notice.detail}.` });
    }
    ctx.processNotices.length = 0;
  }
}

function groupSentence(code: string, who: string, groupId: string, detail: string): string {
  switch (code) {
    case 'rebalance.started':
      return `Group ${groupId} starts a rebalance: ${detail}.`;
    case 'rebalance.completed':
      return `Group ${groupId} has completed its rebalance: ${detail}.`;
    case 'member.joined':
      return `${who} joined group ${groupId}.`;
    case 'member.left':
      return `${who} left group ${groupId}: ${detail}.`;
    case 'member.session-expired':
      return `The session of ${who} in group ${groupId} is over: ${detail}.`;
    default:
      return `${who}: ${code} (${detail}).`;
  }
}
