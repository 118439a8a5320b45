/** How answers of a server are compared with what a case expects (`RestTestExecutor.verifyResponses`). */
import type { JsonNode } from '../../src/sql/formats/jsonText.ts';
import { isJsonArray, isJsonObject, jsonText } from '../../src/sql/formats/jsonText.ts';
import type { AnsweredRows } from '../../src/sql/query/answerJson.ts';
import { answerLines } from '../../src/sql/query/answerJson.ts';
import { protobufAnswer } from '../../src/sql/query/protobufAnswer.ts';
import type { ExpectedAnswer } from './cases.ts';
import { matches } from './compare.ts';
import { protoPrinter } from './protoText.ts';
import type { CaseAnswer } from './restCase.ts';

/** A plain value as a JSON node. */
function nodeOf(value: unknown): JsonNode {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number') return { number: String(value) };
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map(nodeOf);
  return new Map(Object.entries(value as object).map(([name, member]) => [name, nodeOf(member)]));
}

/** The lines of an answer in Protocol Buffers, rows as text of their messages. */
function protoLinesOf({ columns, rows, finalMessage }: AnsweredRows): JsonNode[] {
  const line = (name: string, node: JsonNode): JsonNode => new Map([[name, node]]);
  const { schema, encode } = protobufAnswer(columns);
  const print = protoPrinter(schema);
  const lines = [line('header', line('protoSchema', schema)), ...rows.map((row) => line('row', print(encode(row.columns))))];
  return finalMessage === null ? lines : [...lines, line('finalMessage', finalMessage)];
}

/** Lists that have the same elements, each as often. */
function sameElements(expected: readonly JsonNode[], actual: readonly JsonNode[]): boolean {
  const left = [...actual];
  return (
    expected.length === actual.length &&
    expected.every((node) => {
      const at = left.findIndex((other) => matches(node, other, false));
      if (at >= 0) left.splice(at, 1);
      return at >= 0;
    })
  );
}

/** Whether the members that are expected are there; a name may say that its text begins the actual one. */
function hasMembers(expected: JsonNode, actual: JsonNode): boolean {
  if (expected === null || actual === null || !isJsonObject(expected) || !isJsonObject(actual)) return matches(expected, actual, false);
  return [...expected].every(([key, node]) => {
    const [name = key, operator] = key.split('|');
    const found = actual.get(name);
    if (found === undefined) return false;
    if (operator?.toUpperCase() === 'STARTS_WITH') return typeof found === 'string' && typeof node === 'string' && found.startsWith(node);
    if (name === 'columns' && isJsonArray(node) && isJsonArray(found)) return sameElements(node, found);
    return hasMembers(node, found);
  });
}

/** Whether the lines are there: the header and the end in their places, rows in any order. */
function sameLines(expected: readonly JsonNode[], actual: readonly JsonNode[]): boolean {
  const left = [...actual];
  return (
    expected.length === actual.length &&
    expected.every((line) => {
      const at = left.findIndex((other) => hasMembers(line, other));
      if (at >= 0) left.splice(at, 1);
      return at >= 0;
    })
  );
}

function answerMismatch({ kind, node }: ExpectedAnswer, answer: CaseAnswer | undefined): string | null {
  if (!answer) return `an answer is missing: ${jsonText(node)}`;
  if (kind === 'admin') {
    const actual = answer.kind === 'entity' ? nodeOf(answer.entity) : null;
    return hasMembers(node, actual) ? null : `expected ${jsonText(node)}\n    found    ${jsonText(actual)}`;
  }
  const lines = answer.kind !== 'rows' ? [] : kind === 'query' ? answerLines(answer) : protoLinesOf(answer);
  if (isJsonArray(node) && sameLines(node, lines)) return null;
  return `expected ${jsonText(node)}\n    found    ${jsonText(lines)}`;
}

/** What is wrong with answers; null where nothing is. Answers in Protocol Buffers are those of the queries once more. */
export function answersMismatch(expected: readonly ExpectedAnswer[], answers: readonly CaseAnswer[]): string | null {
  const plain = expected.filter(({ kind }) => kind !== 'queryProto');
  const queries = answers.filter(({ kind }) => kind === 'rows');
  const pairs = [
    ...plain.map((one, i) => ({ one, answer: answers[i] })),
    ...expected.filter(({ kind }) => kind === 'queryProto').map((one, i) => ({ one, answer: queries[i] })),
  ];
  for (const [i, { one, answer }] of pairs.entries()) {
    const mismatch = answerMismatch(one, answer);
    if (mismatch) return `answer ${String(i)}: ${mismatch}`;
  }
  return null;
}
