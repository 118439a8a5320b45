/** A chain of Kafka Streams' operators as its text says it, one a line; names of columns are as in SQL, those of topics as written. */
import type { Expression, Place } from '../../sql/syntax/ast.ts';

export interface NamedExpression {
  /** In capitals unless quoted; null where the text gives none. */
  readonly name: string | null;
  readonly expression: Expression;
}

/** A column that an operator makes. */
export interface Field extends NamedExpression {
  readonly name: string;
}

/** Where another stream or table comes from. */
export interface Other {
  readonly topic: string;
  readonly at: Place;
}

export type ChainWindow = { readonly graceMs: number | null } & (
  | { readonly kind: 'tumbling' | 'sliding' | 'session'; readonly sizeMs: number }
  | { readonly kind: 'hopping'; readonly sizeMs: number; readonly advanceMs: number }
);

export interface ChainJoin {
  readonly kind: 'join';
  readonly type: 'INNER' | 'LEFT' | 'OUTER';
  readonly other: Other;
  /** How the other topic is read: as what is known of it, or as a table. */
  readonly otherKind: 'any' | 'table' | 'globalTable';
  /** Two streams: how far records that meet are apart. */
  readonly within: { readonly beforeMs: number; readonly afterMs: number; readonly graceMs: number | null } | null;
  /** What names the other side's key, where it is not this side's key. */
  readonly on: Expression | null;
}

export type Operation =
  | { readonly kind: 'stream' | 'table'; readonly topic: string }
  | { readonly kind: 'filter'; readonly condition: Expression }
  | { readonly kind: 'filterNot'; readonly condition: Expression }
  | { readonly kind: 'map'; readonly fields: readonly Field[] }
  | { readonly kind: 'flatMap'; readonly list: Expression; readonly name: string }
  | { readonly kind: 'selectKey'; readonly by: NamedExpression }
  | { readonly kind: 'groupBy'; readonly by: readonly NamedExpression[] }
  | { readonly kind: 'branch'; readonly condition: Expression; readonly topic: Other }
  | { readonly kind: 'merge'; readonly other: Other }
  | { readonly kind: 'peek' }
  | { readonly kind: 'repartition' }
  | { readonly kind: 'groupByKey' }
  | { readonly kind: 'toStream' }
  | { readonly kind: 'toTable' }
  | { readonly kind: 'windowedBy'; readonly window: ChainWindow }
  | { readonly kind: 'count'; readonly name: string }
  | { readonly kind: 'aggregate'; readonly fields: readonly Field[] }
  | { readonly kind: 'reduce'; readonly fields: readonly Field[] }
  | { readonly kind: 'suppress'; readonly untilMs: number | 'windowCloses' }
  | { readonly kind: 'deduplicate'; readonly by: Expression | null; readonly withinMs: number }
  | ChainJoin
  | { readonly kind: 'to'; readonly topic: string };

/** One line: where it begins, and where its first operand does. */
export type Operator = Operation & { readonly at: Place; readonly operandAt: Place };
export type OperatorKind = Operator['kind'];
