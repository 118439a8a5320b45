import type { LagCauseKind, LagFigure } from '../../report/lagReport.ts';
import type { GroupFacts, PartitionFacts } from './facts.ts';

/** That something holds up records of one partition. Findings of one kind about one subject become one cause. */
export interface Finding {
  readonly kind: LagCauseKind;
  /** Member, node, broker, partition or producer id, by the kind; 0 where there is nothing to tell apart. */
  readonly subject: number;
  readonly partition: PartitionFacts;
  /** Records it explains. */
  readonly records: number;
}

/** What is said of a cause: about which node or member (-1: none), in words, with the figures that prove it. */
export interface Told {
  readonly node?: number;
  readonly member?: number;
  readonly sentence: string;
  readonly remedy: string;
  readonly figures: readonly LagFigure[];
}

/** Puts a cause into words. `partitions`: those it was found at, most records first. */
export type Teller = (
  facts: GroupFacts,
  cause: { readonly subject: number; readonly partitions: readonly PartitionFacts[]; readonly records: number },
) => Told;

export const finding = (kind: LagCauseKind, partition: PartitionFacts, subject = 0, records = partition.lag.records): Finding => ({
  kind,
  subject,
  partition,
  records,
});

export const figure = (name: string, value: number, unit: LagFigure['unit'] = ''): LagFigure => ({ name, value, unit });
