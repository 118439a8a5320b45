/** Planned and recorded faults as sentences. */
import type { Fault, PipelineDocument } from '../../pipeline/document.ts';
import { readingDeed } from './readingWords.ts';
import { clusterDeed } from './clusterFaultWords.ts';

/** `to the earliest`, `by -100`. */
export function offsetsTarget({ to, value = 0 }: Pick<Extract<Fault, { action: 'offsets.reset' }>, 'to' | 'value'>): string {
  if (to === 'earliest' || to === 'latest') return `to the ${to}`;
  if (to === 'shift-by') return `by ${value}`;
  return to === 'offset' ? `to ${value}` : `to the first records from ${value / 1000} s on`;
}

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
    case 'offsets.reset':
      return `the offsets of ${name}’s group are reset ${offsetsTarget(fault)}`;
    case 'consumer.pause':
    case 'consumer.resume':
    case 'consumer.seek':
      return readingDeed(document, fault);
    case 'config.set':
      return `${fault.config} of ${name} becomes ${String(fault.value)}`;
    default:
      return clusterDeed(document, fault);
  }
}
