/** Planned and recorded faults as sentences. */
import type { Fault, PipelineDocument } from '../../pipeline/document.ts';

/** What happens, without its time: `notification-0 crashes`. */
export function faultDeed(document: PipelineDocument, fault: Fault): string {
  const name = document.nodes.find((node) => node.id === fault.node)?.name ?? fault.node;
  switch (fault.action) {
    case 'member.add':
      return `${name} gets one more member`;
    case 'member.stop':
      return `${name}-${fault.member} stops`;
    case 'member.crash':
      return `${name}-${fault.member} crashes`;
    case 'member.restart':
      return `${name}-${fault.member} starts again`;
    case 'outage.start':
      return `${name} stops answering`;
    case 'outage.end':
      return `${name} answers again`;
    case 'slow':
      return fault.factor === 1 ? `${name} is back at its usual speed` : `${name} takes ${fault.factor} times as long`;
    case 'config.set':
      return `${fault.config} of ${name} becomes ${String(fault.value)}`;
  }
}

/** The actions a form offers. A config set live keeps its action: which config and value it has is typed where configs are. */
export const faultActions: readonly (readonly [Exclude<Fault['action'], 'config.set'>, string])[] = [
  ['member.crash', 'a member crashes'],
  ['member.stop', 'a member stops'],
  ['member.restart', 'a member starts again'],
  ['member.add', 'one more member'],
  ['outage.start', 'stops answering'],
  ['outage.end', 'answers again'],
  ['slow', 'slower or faster'],
];

/** The fault with another action; what the former one did not say begins with the usual value. */
export function withAction(fault: Fault, action: Exclude<Fault['action'], 'config.set'>): Fault {
  const { atMs, node } = fault;
  switch (action) {
    case 'member.stop':
    case 'member.crash':
    case 'member.restart':
      return { atMs, action, node, member: 'member' in fault ? fault.member : 0 };
    case 'slow':
      return { atMs, action, node, factor: 2 };
    case 'member.add':
    case 'outage.start':
    case 'outage.end':
      return { atMs, action, node };
  }
}
