/** Reads a chain of operators, one a line; blank lines and those that begin with `#` or `--` are left out. */
import { nearestName } from '../../pipeline/nearest.ts';
import { SqlError } from '../../sql/syntax/sqlError.ts';
import type { ChainJoin, ChainWindow, Field, NamedExpression, Operation, Operator, OperatorKind } from './chain.ts';
import { LineReader } from './lineReader.ts';

/** What is read after each operator's word. */
const operands: { readonly [K in OperatorKind]: (reader: LineReader) => Operation & { readonly kind: K } } = {
  stream: (reader) => ({ kind: 'stream', topic: reader.topic() }),
  table: (reader) => ({ kind: 'table', topic: reader.topic() }),
  filter: (reader) => ({ kind: 'filter', condition: reader.expression() }),
  filterNot: (reader) => ({ kind: 'filterNot', condition: reader.expression() }),
  map: (reader) => ({ kind: 'map', fields: fields(reader) }),
  flatMap: (reader) => {
    const list = reader.expression();
    return { kind: 'flatMap', list, name: reader.alias() ?? nameOf({ name: null, expression: list }) ?? 'ITEM' };
  },
  selectKey: (reader) => ({ kind: 'selectKey', by: named(reader) }),
  peek: () => ({ kind: 'peek' }),
  branch: (reader) => {
    const condition = reader.expression();
    reader.expect('to');
    return { kind: 'branch', condition, topic: other(reader) };
  },
  merge: (reader) => ({ kind: 'merge', other: other(reader) }),
  repartition: () => ({ kind: 'repartition' }),
  groupByKey: () => ({ kind: 'groupByKey' }),
  groupBy: (reader) => ({ kind: 'groupBy', by: list(reader, named) }),
  windowedBy: (reader) => ({ kind: 'windowedBy', window: chainWindow(reader) }),
  count: (reader) => ({ kind: 'count', name: reader.alias() ?? 'COUNT' }),
  aggregate: (reader) => ({ kind: 'aggregate', fields: list(reader, aliased) }),
  reduce: (reader) => ({ kind: 'reduce', fields: fields(reader) }),
  suppress: (reader) => {
    const until = reader.oneOf(['untilWindowCloses', 'untilTimeLimit']);
    return { kind: 'suppress', untilMs: until === 'untilWindowCloses' ? 'windowCloses' : reader.duration() };
  },
  toStream: () => ({ kind: 'toStream' }),
  toTable: () => ({ kind: 'toTable' }),
  deduplicate: (reader) => {
    const by = reader.accept('by') ? reader.expression() : null;
    reader.expect('within');
    return { kind: 'deduplicate', by, withinMs: reader.duration() };
  },
  join,
  to: (reader) => ({ kind: 'to', topic: reader.topic() }),
};

/** Kafka Streams' words for joins that keep rows without a partner; `left join` is said, too. */
const joinWords: Readonly<Record<string, ChainJoin['type']>> = {
  leftjoin: 'LEFT',
  outerjoin: 'OUTER',
  left: 'LEFT',
  outer: 'OUTER',
  inner: 'INNER',
};

/** Every operator's word. */
export const operatorWords: readonly string[] = [...Object.keys(operands), 'leftJoin', 'outerJoin'];

const other = (reader: LineReader) => ({ at: reader.at, topic: reader.topic() });

function list<T>(reader: LineReader, read: (reader: LineReader) => T): T[] {
  const items = [read(reader)];
  while (reader.accept(',')) items.push(read(reader));
  return items;
}

const named = (reader: LineReader): NamedExpression => {
  const expression = reader.expression();
  return { expression, name: reader.alias() };
};

const nameOf = ({ name, expression }: NamedExpression): string | null =>
  name ?? (expression.kind === 'column' || expression.kind === 'field' ? expression.name : null);

function aliased(reader: LineReader): Field {
  const one = named(reader);
  if (one.name === null) reader.expect('as');
  return { ...one, name: one.name! };
}

/** `name = expression`, or a column's name alone. */
function field(reader: LineReader): Field {
  const { at } = reader;
  const name = reader.column();
  if (reader.accept('=')) return { name, expression: reader.expression() };
  return { name, expression: { kind: 'column', source: null, name, at } };
}

function fields(reader: LineReader): Field[] {
  const isBraced = reader.accept('{');
  const found = list(reader, field);
  if (isBraced) reader.expect('}');
  return found;
}

const grace = (reader: LineReader): number | null => (reader.accept('grace') ? reader.duration() : null);

function chainWindow(reader: LineReader): ChainWindow {
  const kind = reader.oneOf(['tumbling', 'hopping', 'sliding', 'session']);
  const sizeMs = reader.duration();
  if (kind !== 'hopping') return { kind, sizeMs, graceMs: grace(reader) };
  reader.expect('advance');
  const advanceMs = reader.duration();
  return { kind, sizeMs, advanceMs, graceMs: grace(reader) };
}

function within(reader: LineReader): ChainJoin['within'] {
  if (!reader.accept('within')) return null;
  const beforeMs = reader.duration();
  const afterMs = reader.accept(',') ? reader.duration() : beforeMs;
  return { beforeMs, afterMs, graceMs: grace(reader) };
}

function join(reader: LineReader, type: ChainJoin['type'] = 'INNER'): ChainJoin {
  const otherKind = reader.accept('globalTable') ? 'globalTable' : reader.accept('table') ? 'table' : 'any';
  const joined = other(reader);
  const between = within(reader);
  return { kind: 'join', type, other: joined, otherKind, within: between, on: reader.accept('on') ? reader.expression() : null };
}

function operation(reader: LineReader, word: string): Operation {
  const type = joinWords[word.toLowerCase()];
  if (type !== undefined) {
    if (!word.toLowerCase().endsWith('join')) reader.expect('join');
    return join(reader, type);
  }
  const kind = (Object.keys(operands) as OperatorKind[]).find((one) => one.toLowerCase() === word.toLowerCase());
  return operands[kind!](reader);
}

const isOperator = (word: string): boolean =>
  operatorWords.some((one) => one.toLowerCase() === word.toLowerCase()) || Object.hasOwn(joinWords, word.toLowerCase());

function operator(text: string, line: number): Operator | null {
  const reader = new LineReader(text, line);
  if (reader.isEnd) return null;
  const { at } = reader;
  const word = reader.peekWord();
  if (word === null || !isOperator(word)) {
    const nearest = word === null ? null : nearestName(word, operatorWords);
    const message = `There is no operator '${word ?? text.trim().slice(0, 20)}'.`;
    throw new SqlError(message, at, { found: word ?? '', expected: nearest === null ? operatorWords : [nearest] });
  }
  reader.accept(word);
  const operandAt = reader.at;
  const found = operation(reader, word);
  reader.end();
  return { ...found, at, operandAt };
}

/** The operators of a text in their order. Throws SqlError at the first place that cannot be read. */
export function parseChain(text: string): readonly Operator[] {
  return text.split(/\r?\n/).flatMap((line, index) => operator(line, index + 1) ?? []);
}
