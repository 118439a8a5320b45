import { describe, expect, test } from 'vitest';
import { formatExpression } from '../../sql/syntax/formatExpression.ts';
import { SqlError } from '../../sql/syntax/sqlError.ts';
import { parseChain } from './parseChain.ts';

/** What one line is read as, expressions as text, places left out. */
const read = (line: string): unknown =>
  JSON.parse(
    JSON.stringify(parseChain(line)[0], (name, value: unknown) => {
      if (name === 'at' || name === 'operandAt') return undefined;
      return ['condition', 'expression', 'list', 'by', 'on'].includes(name) &&
        typeof value === 'object' &&
        value !== null &&
        'kind' in value
        ? formatExpression(value as Parameters<typeof formatExpression>[0])
        : value;
    }),
  );

const failure = (text: string) => {
  try {
    parseChain(text);
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return `${error.at?.line}:${error.at?.column} ${error.message} ${error.mismatch?.expected.join(', ') ?? ''}`.trim();
  }
  return null;
};

describe('parseChain', () => {
  test.each([
    ['stream shop.orders-v2', { kind: 'stream', topic: 'shop.orders-v2' }],
    ['TABLE "a b"', { kind: 'table', topic: 'a b' }],
    ['filter amount > 100 and not paid', { kind: 'filter', condition: '((AMOUNT > 100) AND (NOT PAID))' }],
    ['filterNot a', { kind: 'filterNot', condition: 'A' }],
    [
      'map {total = price * qty, customer}',
      {
        kind: 'map',
        fields: [
          { name: 'TOTAL', expression: '(PRICE * QTY)' },
          { name: 'CUSTOMER', expression: 'CUSTOMER' },
        ],
      },
    ],
    [
      'map a = 1, `b` = 2',
      {
        kind: 'map',
        fields: [
          { name: 'A', expression: '1' },
          { name: 'b', expression: '2' },
        ],
      },
    ],
    ['flatMap items as item', { kind: 'flatMap', list: 'ITEMS', name: 'ITEM' }],
    ['flatMap address->lines', { kind: 'flatMap', list: 'ADDRESS->LINES', name: 'LINES' }],
    ['selectKey customer', { kind: 'selectKey', by: { expression: 'CUSTOMER', name: null } }],
    [
      'groupBy a, b + 1 as c',
      {
        kind: 'groupBy',
        by: [
          { expression: 'A', name: null },
          { expression: '(B + 1)', name: 'C' },
        ],
      },
    ],
    ["branch status = 'new' to fresh", { kind: 'branch', condition: "(STATUS = 'new')", topic: { topic: 'fresh' } }],
    ['merge other-orders # both', { kind: 'merge', other: { topic: 'other-orders' } }],
    ['peek', { kind: 'peek' }],
    ['windowedBy tumbling 5 seconds grace 1 second', { kind: 'windowedBy', window: { kind: 'tumbling', sizeMs: 5000, graceMs: 1000 } }],
    [
      'windowedBy hopping 1 minute advance 500 ms',
      { kind: 'windowedBy', window: { kind: 'hopping', sizeMs: 60_000, advanceMs: 500, graceMs: null } },
    ],
    ['windowedBy sliding 1.5 hours', { kind: 'windowedBy', window: { kind: 'sliding', sizeMs: 5_400_000, graceMs: null } }],
    ['windowedBy session 2 days', { kind: 'windowedBy', window: { kind: 'session', sizeMs: 172_800_000, graceMs: null } }],
    ['count', { kind: 'count', name: 'COUNT' }],
    [
      'aggregate sum(x) as s, max(y) as m',
      {
        kind: 'aggregate',
        fields: [
          { name: 'S', expression: 'SUM(X)' },
          { name: 'M', expression: 'MAX(Y)' },
        ],
      },
    ],
    ['reduce {n = n + next_n}', { kind: 'reduce', fields: [{ name: 'N', expression: '(N + NEXT_N)' }] }],
    ['suppress untilWindowCloses', { kind: 'suppress', untilMs: 'windowCloses' }],
    ['suppress untilTimeLimit 10 s', { kind: 'suppress', untilMs: 10_000 }],
    ['deduplicate by id within 10 minutes', { kind: 'deduplicate', by: 'ID', withinMs: 600_000 }],
    ['join customers', { kind: 'join', type: 'INNER', other: { topic: 'customers' }, otherKind: 'any', within: null, on: null }],
    [
      'leftJoin p within 5 s, 1 s grace 2 s',
      {
        kind: 'join',
        type: 'LEFT',
        other: { topic: 'p' },
        otherKind: 'any',
        within: { beforeMs: 5000, afterMs: 1000, graceMs: 2000 },
        on: null,
      },
    ],
    [
      'outer join globalTable rates on currency',
      { kind: 'join', type: 'OUTER', other: { topic: 'rates' }, otherKind: 'globalTable', within: null, on: 'CURRENCY' },
    ],
    ['to result', { kind: 'to', topic: 'result' }],
  ])('[STP-10] reads %s', (line, operator) => {
    expect(read(line)).toEqual(operator);
  });

  test('[STP-10] blank lines and comments are left out; places are those of the whole text', () => {
    const chain = parseChain('# orders\nstream orders\n\n  -- large ones\n  filter amount > 100\n');
    expect(chain.map(({ kind, at, operandAt }) => [kind, at.line, at.column, operandAt.column])).toEqual([
      ['stream', 2, 1, 8],
      ['filter', 5, 3, 10],
    ]);
    expect(chain[1]).toMatchObject({ condition: { at: { line: 5, column: 17 }, left: { at: { line: 5, column: 10 } } } });
  });

  test.each([
    ['stream orders\nfiltr a', "2:1 There is no operator 'filtr'. filter"],
    ['?', "1:1 There is no operator '?'. stream, table,"],
    ['stream', '1:7 The line ends too early. name of a topic'],
    ['stream a b', "1:10 'b' cannot stand here. end of the line"],
    ['filter', '1:7 The line ends too early. expression'],
    ['windowedBy rolling 5 s', "1:12 'rolling' cannot stand here. tumbling, hopping, sliding, session"],
    ['windowedBy hopping 5 s', '1:23 The line ends too early. advance'],
    ['windowedBy tumbling 5 lights', "1:23 'lights' cannot stand here. milliseconds, seconds"],
    ['windowedBy tumbling soon', "1:21 'soon' cannot stand here. length of time"],
    ['aggregate sum(x)', '1:17 The line ends too early. ,'],
    ['branch a > 1 large', "1:14 'large' cannot stand here. to"],
    ['map {a = 1', '1:11 The line ends too early.'],
    ['suppress later', "1:10 'later' cannot stand here. untilWindowCloses, untilTimeLimit"],
    ['outer apply x', "1:7 'apply' cannot stand here. join"],
  ])('[STP-11] %s is an error at its place, with what could stand there', (text, said) => {
    expect(failure(text)).toContain(said.replace(/ ,$/, ''));
  });

  test('[STP-11] an expression that cannot be read is told by SQL', () => {
    expect(failure('stream a\nfilter (a >')).toMatch(/^2:12 /);
    expect(failure('filter a > > b')).toMatch(/^1:12 /);
  });
});
