import { castFunction, saysFalse, saysTrue } from '../types/casts.ts';
import { coerceLiteral, commonType } from '../types/coercion.ts';
import { parseDecimal } from '../types/decimal.ts';
import { decimalTypeOf, widen } from '../types/decimalType.ts';
import type { SqlType, StructField } from '../types/sqlType.ts';
import { castsImplicitly, isNumeric, primitive, sameType, typeText } from '../types/typeText.ts';
import type { Expression } from '../syntax/ast.ts';
import { SqlError } from '../syntax/sqlError.ts';
import type { Typed } from './scope.ts';

/** Said where the elements of a list have no type in common; ksqlDB finds this when it makes code of an expression, not when it types it. */
export class CoercionError extends SqlError {}

export interface Element extends Typed {
  readonly expression: Expression;
}

interface Compilation {
  readonly compile: (expression: Expression) => Typed;
  readonly text: (expression: Expression) => string;
}

const literalKinds = ['boolean', 'integer', 'bigint', 'double', 'decimal', 'string', 'null'];
const isLiteral = (expression: Expression): boolean => literalKinds.includes(expression.kind);

const invalidSyntax = (value: string, target: SqlType) => new CoercionError(`invalid input syntax for type ${target.base}: "${value}".`);

/** The number a text says is of the narrowest type that holds it (`CoercionUtil.getStringNumericType`). */
function typeOfNumberText(text: string): SqlType {
  const value = parseDecimal(text.trim());
  if (!/[.eE]/.test(text) && value.scale === 0) {
    if (value.unscaled > -2147483648n && value.unscaled < 2147483647n) return primitive.INTEGER;
    if (value.unscaled > -9223372036854775808n && value.unscaled < 9223372036854775807n) return primitive.BIGINT;
  }
  return decimalTypeOf(value);
}

function withNumberText(text: string, target: SqlType): SqlType {
  let source: SqlType;
  try {
    source = typeOfNumberText(text);
  } catch {
    throw invalidSyntax(text, target);
  }
  if (target.base === 'DOUBLE') return target;
  if (source.base === 'DECIMAL' || target.base === 'DECIMAL') return widen(source, target);
  return castsImplicitly(source.base, target.base) ? target : source;
}

/** What the elements of constructors and IN lists have in common (`CoercionUtil.UserListCoercer`): the first that is not null leads. */
class ListTyping {
  private readonly compilation: Compilation;

  constructor(compilation: Compilation) {
    this.compilation = compilation;
  }

  private fail(element: Element, target: SqlType): never {
    throw new CoercionError(
      `operator does not exist: ${typeText(target)} = ${typeText(element.type!)} (${this.compilation.text(element.expression)})\nHint: You might need to add explicit type casts.`,
    );
  }

  private elements(expressions: readonly Expression[]): Element[] {
    return expressions.map((expression) => ({ ...this.compilation.compile(expression), expression }));
  }

  common(elements: readonly Element[], first: SqlType | null): SqlType | null {
    return elements.reduce<SqlType | null>((type, element) => this.widened(element, type), first);
  }

  private widened(element: Element, target: SqlType | null): SqlType | null {
    if (target === null || element.type === null) return target ?? element.type;
    const { expression } = element;
    switch (expression.kind) {
      case 'array':
        if (target.base !== 'ARRAY') this.fail(element, target);
        return { base: 'ARRAY', item: this.inner(element, target, expression.items, target.item) };
      case 'map':
        if (target.base !== 'MAP') this.fail(element, target);
        return {
          base: 'MAP',
          key: this.inner(
            element,
            target,
            expression.entries.map(({ key }) => key),
            target.key,
          ),
          value: this.inner(
            element,
            target,
            expression.entries.map(({ value }) => value),
            target.value,
          ),
        };
      case 'struct':
        return this.withStruct(element, expression, target);
      case 'string':
        return this.withText(element, expression.value, target);
      default:
        return this.withSimple(element, target);
    }
  }

  private inner(element: Element, target: SqlType, expressions: readonly Expression[], part: SqlType): SqlType {
    try {
      return this.common(this.elements(expressions), part)!;
    } catch (error) {
      if (error instanceof CoercionError && error.message.startsWith('operator')) this.fail(element, target);
      throw error;
    }
  }

  private withStruct(element: Element, expression: Extract<Expression, { kind: 'struct' }>, target: SqlType): SqlType {
    if (target.base !== 'STRUCT') this.fail(element, target);
    const fields: StructField[] = [];
    for (const name of new Set([...expression.fields, ...target.fields].map((field) => field.name))) {
      const value = expression.fields.find((field) => field.name === name)?.value;
      const known = target.fields.find((field) => field.name === name)?.type ?? null;
      const type = value === undefined ? known : this.common(this.elements([value]), known);
      if (type === null) this.fail(element, target);
      fields.push({ name, type });
    }
    return { base: 'STRUCT', fields };
  }

  private withText(element: Element, text: string, target: SqlType): SqlType {
    if (isNumeric(target.base)) return withNumberText(text, target);
    if (target.base === 'BOOLEAN') {
      if (!saysTrue(text.trim()) && !saysFalse(text.trim())) throw invalidSyntax(text, target);
      return target;
    }
    return this.withSimple(element, target);
  }

  private withSimple(element: Element, target: SqlType): SqlType {
    const lax = isLiteral(element.expression);
    return commonType(element.type!, target, lax) ?? commonType(target, element.type!, lax) ?? this.fail(element, target);
  }
}

function brought(element: Element, type: SqlType): Typed {
  if (element.type === null) return { type, evaluate: () => null };
  if (sameType(element.type, type)) return element;
  if (isLiteral(element.expression)) {
    const value = coerceLiteral(element.evaluate([], { log: () => undefined, random: () => 0, now: () => 0 }), element.type, type);
    return { type, evaluate: () => value };
  }
  const cast = castFunction(element.type, type);
  return { type, evaluate: (row, context) => cast(element.evaluate(row, context)) };
}

/**
 * The elements of a list brought to the type they have in common, which is null where all are NULL. Throws a SqlError where they have none.
 */
export function coerceList(
  expressions: readonly Expression[],
  compilation: Compilation,
): { readonly type: SqlType | null; readonly items: readonly Typed[] } {
  const elements = expressions.map((expression) => ({ ...compilation.compile(expression), expression }));
  const type = new ListTyping(compilation).common(elements, null);
  return { type, items: type === null ? elements : elements.map((element) => brought(element, type)) };
}
