/** Pauses, resumes and seeks in words. */
import type { Fault, PipelineDocument } from '../../pipeline/document.ts';

export type ReadingFault = Extract<Fault, { action: 'consumer.pause' | 'consumer.resume' | 'consumer.seek' }>;
type WithoutTime = DistributiveOmit<ReadingFault, 'atMs'>;
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

export function isReading(fault: { readonly action: string }): fault is ReadingFault {
  return fault.action === 'consumer.pause' || fault.action === 'consumer.resume' || fault.action === 'consumer.seek';
}

function who(document: PipelineDocument, { node, member }: WithoutTime): string {
  const name = document.nodes.find(({ id }) => id === node)?.name ?? node;
  return member === undefined ? name : `${name}-${member}`;
}

const which = ({ partition }: WithoutTime): string => (partition === undefined ? '' : ` partition ${partition}`);

/** `to the earliest`, `to the first record from 2 s on`. */
function seekTarget({ to, value = 0 }: Extract<WithoutTime, { action: 'consumer.seek' }>): string {
  if (to === 'earliest' || to === 'latest') return `to the ${to}`;
  return to === 'offset' ? `to offset ${value}` : `to the first record from ${value / 1000} s on`;
}

/** `search pauses reading`, `search-1 seeks partition 3 to the earliest`. */
export function readingDeed(document: PipelineDocument, fault: WithoutTime): string {
  const name = who(document, fault);
  if (fault.action === 'consumer.seek') return `${name} seeks${which(fault)} ${seekTarget(fault)}`;
  return `${name} ${fault.action === 'consumer.pause' ? 'pauses' : 'resumes'} reading${which(fault)}`;
}

/** The same as a wish: `Pause reading of search-1`. */
export function readingIntervention(document: PipelineDocument, fault: WithoutTime): string {
  const name = who(document, fault);
  if (fault.action === 'consumer.seek') return `Seek ${name}${which(fault)} ${seekTarget(fault)}`;
  return `${fault.action === 'consumer.pause' ? 'Pause' : 'Resume'} reading of ${name}${which(fault)}`;
}
