/** Which sides of joins get a key of another form, so that equal keys are equal bytes (`JoinNode.resolveKeyFormats`, `PreJoinRepartitionNode`). */
import type { Expression } from '../syntax/ast.ts';
import type { SideFormat, WindowInfo } from './catalogue.ts';
import { overRow } from './columnResolution.ts';
import { expressionKey } from './expressionTree.ts';
import { requireFormat } from './formatChoice.ts';
import type { InnerJoinNode, JoinNode } from './joinTree.ts';
import { equivalentKeys } from './joinTree.ts';
import { hasSchemaId, needsRepartition } from './partition.ts';
import { processingSchema } from './sourceRelation.ts';

/** The format that a side of a join has to have; sides that are not in it keep their own. */
export type ForcedFormats = ReadonlyMap<JoinNode, SideFormat>;

interface KeyFormat {
  readonly side: SideFormat;
  readonly window: WindowInfo | null;
}

interface Side {
  readonly node: JoinNode;
  readonly expression: Expression;
  /** A foreign-key join brings no keys together. */
  readonly isForeign: boolean;
}

const same = (a: KeyFormat, b: KeyFormat): boolean => JSON.stringify(a) === JSON.stringify(b);

class Resolution {
  readonly forced = new Map<JoinNode, SideFormat>();
  private readonly isForeign: (node: InnerJoinNode) => boolean;
  private readonly defaultFormat: SideFormat['format'];

  constructor(isForeign: (node: InnerJoinNode) => boolean, defaultFormat: SideFormat['format']) {
    this.isForeign = isForeign;
    this.defaultFormat = defaultFormat;
  }

  resolve(node: InnerJoinNode): void {
    this.setBoth(node, this.preferred(node) ?? this.fallback(node));
  }

  private sides(node: InnerJoinNode): readonly Side[] {
    const isForeign = this.isForeign(node);
    return [
      { node: node.left, expression: node.info.left.expression, isForeign },
      { node: node.right, expression: node.info.right.expression, isForeign },
    ];
  }

  private preferred(node: InnerJoinNode): KeyFormat | null {
    const [left, right] = this.sides(node);
    return this.preferredOf(left!) ?? this.preferredOf(right!);
  }

  /** Null where the side gets another key anyway. */
  private preferredOf(side: Side): KeyFormat | null {
    if (!side.isForeign && this.isMoved(side)) return null;
    const { node } = side;
    return node.kind === 'join' ? this.preferred(node) : formatOf(node);
  }

  /** Whether a side gets another key than it has. */
  private isMoved({ node, expression }: Side): boolean {
    if (node.kind === 'leaf') return needsRepartition(processingSchema(node.source.source), [overRow(expression, false)]);
    if (isKeyed(node, expression)) return false;
    if (!this.isForeign(node) || node.left.kind !== 'leaf' || expression.kind !== 'column') return true;
    // What a foreign-key join gives has the key of its left table.
    const { alias, source } = node.left.source;
    return expression.source !== alias || needsRepartition(source.schema, [expression]);
  }

  /** The format of the first source that has a key. */
  private fallback(node: InnerJoinNode): KeyFormat {
    const found = leaves(node).find(({ keyFormat }) => keyFormat.format !== 'NONE');
    if (found) return { side: found.keyFormat, window: found.window };
    return { side: { format: this.defaultFormat, wrapping: null, delimiter: ',' }, window: null };
  }

  private setBoth(node: InnerJoinNode, format: KeyFormat): void {
    for (const side of this.sides(node)) this.set(side, format);
  }

  private set(side: Side, format: KeyFormat): void {
    const { node, expression, isForeign } = side;
    if (node.kind === 'leaf') {
      if (isForeign) return;
      if (this.isMoved(side) || hasSchemaId(format.side) || !same(formatOf(node), format)) this.forced.set(node, format.side);
      return;
    }
    if (isForeign || isKeyed(node, expression)) return this.setBoth(node, format);
    const preferred = this.preferred(node);
    if (!this.isMoved(side) && !hasSchemaId(format.side) && (!preferred || same(preferred, format))) return this.setBoth(node, format);
    this.forced.set(node, format.side);
    this.resolve(node);
  }
}

const formatOf = ({ source }: Extract<JoinNode, { kind: 'leaf' }>): KeyFormat => ({
  side: source.source.keyFormat,
  window: source.source.window,
});

/** Whether what a join gives has the key already that it is joined on. */
export const isKeyed = (node: JoinNode, expression: Expression): boolean =>
  node.kind === 'join' && equivalentKeys(node).has(expressionKey(expression));

const leaves = (node: JoinNode): readonly { readonly keyFormat: SideFormat; readonly window: WindowInfo | null }[] =>
  node.kind === 'leaf' ? [node.source.source] : [...leaves(node.left), ...leaves(node.right)];

/** The formats of keys for all joins below a root. */
export function joinKeyFormats(root: InnerJoinNode, isForeign: (node: InnerJoinNode) => boolean, defaultKeyFormat: string): ForcedFormats {
  const resolution = new Resolution(isForeign, requireFormat(defaultKeyFormat));
  resolution.resolve(root);
  return resolution.forced;
}
