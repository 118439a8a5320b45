import type { Expression } from '../../pipeline/expressions/syntax.ts';
import type { Json } from '../../pipeline/templates/json.ts';
import { textOf } from './generators.ts';
import { calculate, compareValues, equal, functions, like } from './operators.ts';
import type { RecordIdentity } from './recordIdentity.ts';

/** One part of a record, computed when asked. */
export type Getter = (record: RecordIdentity) => Json;

/** Where an expression finds the key and the value's fields. Asked once, at compile time, and only for what the expression uses. */
export interface Binding {
  readonly key: (record: RecordIdentity) => string | null;
  readonly field: (path: readonly string[]) => Getter;
}

/** Turns an expression into a function of the record. The functions belong to the compiled program and never to a run's state. */
export function compileExpression(expression: Expression, binding: Binding): Getter {
  const compile = (part: Expression) => compileExpression(part, binding);
  switch (expression.kind) {
    case 'literal':
      return () => expression.value;
    case 'key':
      return binding.key;
    case 'value':
      return binding.field(expression.path);
    case 'timestamp':
      return (record) => Math.floor(record.timestampUs / 1_000);
    case 'partition':
      return (record) => record.partition;
    case 'offset':
      return (record) => record.offset;
    case 'not': {
      const operand = compile(expression.operand);
      return (record) => operand(record) !== true;
    }
    case 'negate': {
      const operand = compile(expression.operand);
      return (record) => calculate('-', 0, operand(record));
    }
    case 'isNull': {
      const operand = compile(expression.operand);
      return (record) => (operand(record) === null) !== expression.negated;
    }
    case 'like': {
      const operand = compile(expression.operand);
      return (record) => {
        const value = operand(record);
        return value !== null && like(textOf(value), expression.pattern) !== expression.negated;
      };
    }
    case 'in': {
      const operand = compile(expression.operand);
      const choices = expression.choices.map(compile);
      return (record) => {
        const value = operand(record);
        return value !== null && choices.some((choice) => equal(value, choice(record))) !== expression.negated;
      };
    }
    case 'call': {
      const given = expression.arguments.map(compile);
      const apply = functions[expression.name];
      return (record) => apply(given.map((argument) => argument(record)));
    }
    default:
      return compilePair(expression, compile(expression.left), compile(expression.right));
  }
}

function compilePair(expression: Extract<Expression, { left: Expression }>, left: Getter, right: Getter): Getter {
  switch (expression.kind) {
    case 'and':
      return (record) => left(record) === true && right(record) === true;
    case 'or':
      return (record) => left(record) === true || right(record) === true;
    case 'compare': {
      const { operator } = expression;
      return (record) => compareValues(operator, left(record), right(record));
    }
    case 'arithmetic': {
      const { operator } = expression;
      return (record) => calculate(operator, left(record), right(record));
    }
  }
}
