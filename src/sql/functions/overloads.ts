import { SqlError } from '../syntax/sqlError.ts';
import { accepts, argumentText, declared, hasGenerics, parameterText, type Argument, type Declared } from './parameter.ts';

/** What every function of any kind says of itself. */
export interface Signature {
  readonly parameters: readonly Declared[];
}

const parsed = new Map<string, readonly Declared[]>();

/** A signature written as text: `VARCHAR str, INT... positions`. */
export function signature(text: string): Signature {
  const known = parsed.get(text) ?? declared(text);
  parsed.set(text, known);
  return { parameters: known };
}

/** The parameter that the argument at a place is for; undefined where there are too many. */
export function parameterAt({ parameters }: Signature, at: number, count: number): Declared | undefined {
  const variadic = parameters.findIndex((parameter) => parameter.variadic);
  if (variadic < 0 || at < variadic) return parameters[at];
  const after = parameters.length - 1 - variadic;
  return at >= count - after ? parameters[parameters.length - (count - at)] : parameters[variadic];
}

function takes(candidate: Signature, args: readonly Argument[], casts: boolean): boolean {
  const isVariadic = candidate.parameters.some((parameter) => parameter.variadic);
  const least = candidate.parameters.length - (isVariadic ? 1 : 0);
  if (isVariadic ? args.length < least : args.length !== least) return false;
  const generics = new Map();
  // Both ends at once, as ksqlDB's index of functions does: which argument settles a letter does not depend on it.
  return args.every((argument, i) => accepts(parameterAt(candidate, i, args.length)!.type, argument, generics, casts));
}

/** What makes one candidate better than another, most telling first (`UdfIndex.Node.compareFunctions`). */
function merits({ parameters }: Signature): readonly number[] {
  const takesAnything = (parameter: Declared) => parameter.variadic && parameter.type.kind === 'any';
  return [
    parameters.some((parameter) => parameter.variadic) ? 0 : 1,
    parameters.length,
    -parameters.filter((parameter) => hasGenerics(parameter.type) || takesAnything(parameter)).length,
    parameters.some(takesAnything) ? 0 : 1,
    parameters.findIndex((parameter) => parameter.variadic),
  ];
}

function compareMerits(a: Signature, b: Signature): number {
  const left = merits(a);
  const right = merits(b);
  const at = left.findIndex((merit, i) => merit !== right[i]);
  return at < 0 ? 0 : left[at]! - right[at]!;
}

const list = (name: string, candidates: readonly Signature[]): string =>
  candidates
    .map(({ parameters }) => {
      const parts = parameters.map(({ type, variadic, name: parameter }) =>
        `${parameterText(type)}${variadic ? '...' : ''} ${parameter}`.trimEnd(),
      );
      return `${name}(${parts.join(', ')})`;
    })
    .join('\n');

function best<T extends Signature>(name: string, candidates: readonly T[], args: readonly Argument[], casts: boolean): T | null {
  const fitting = candidates.filter((candidate) => takes(candidate, args, casts)).sort(compareMerits);
  const [second, first] = [fitting.at(-2), fitting.at(-1)];
  if (first === undefined) return null;
  if (second === undefined || compareMerits(first, second) > 0) return first;
  throw new SqlError(
    `Function '${name}' cannot be resolved due to ambiguous method parameters (${args.map(argumentText).join(', ')}).\nUse CAST() to explicitly cast your parameters to one of the supported function calls.\nValid function calls are:\n${list(name, candidates)}\nFor detailed information on a function run: DESCRIBE FUNCTION <Function-Name>;`,
  );
}

/**
 * The one of a function's signatures that takes these arguments (`UdfIndex`): exactly if one does, else with implicit casts. Throws a SqlError
 * that lists what there is where none does, or where two do equally well.
 */
export function chooseOverload<T extends Signature>(name: string, candidates: readonly T[], args: readonly Argument[], casts: boolean): T {
  const found = best(name, candidates, args, false) ?? (casts ? best(name, candidates, args, true) : null);
  if (found !== null) return found;
  throw new SqlError(
    `Function '${name}' does not accept parameters (${args.map(argumentText).join(', ')}).\nValid alternatives are:\n${list(name, candidates)}\nFor detailed information on a function run: DESCRIBE FUNCTION <Function-Name>;`,
  );
}
