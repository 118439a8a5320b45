/** SHOW FUNCTIONS and DESCRIBE FUNCTION (`ListFunctionsExecutor`, `DescribeFunctionExecutor`, `FunctionCategory`). */
import type { AggregateFunction, FunctionLibrary, ScalarFunction, TableFunction } from '../functions/library.ts';
import { parameterText } from '../functions/parameter.ts';
import type { Parameter } from '../functions/parameter.ts';
import type { Signature } from '../functions/overloads.ts';
import { SqlError } from '../syntax/sqlError.ts';
import type { SqlType } from '../types/sqlType.ts';
import { typeText } from '../types/typeText.ts';
import type { Entity, FunctionSignature, FunctionType } from './entities.ts';
import type { Prepared, SessionState, Written } from './sessionState.ts';
import { about } from './sessionState.ts';

const categories: Readonly<Record<string, string>> = {
  ARRAY: `ARRAY_CONCAT ARRAY_CONTAINS ARRAY_DISTINCT ARRAY_EXCEPT ARRAY_INTERSECT ARRAY_JOIN ARRAY_LENGTH ARRAY_MAX ARRAY_MIN ARRAY_REMOVE
    ARRAY_SORT ARRAY_UNION GENERATE_SERIES SLICE`,
  CONDITIONAL: 'COALESCE IFNULL NULLIF',
  CONVERSIONS: 'BIGINT_FROM_BYTES DOUBLE_FROM_BYTES INT_FROM_BYTES',
  'DATE / TIME': `CONVERT_TZ DATEADD DATESUB DATETOSTRING FORMAT_DATE FORMAT_TIME FORMAT_TIMESTAMP FROM_DAYS FROM_UNIXTIME PARSE_DATE PARSE_TIME
    PARSE_TIMESTAMP STRINGTODATE STRINGTOTIMESTAMP TIMEADD TIMESUB TIMESTAMPADD TIMESTAMPSUB TIMESTAMPTOSTRING UNIX_DATE UNIX_TIMESTAMP`,
  JSON: `EXTRACTJSONFIELD IS_JSON_STRING JSON_ARRAY_CONTAINS JSON_ARRAY_LENGTH JSON_CONCAT JSON_ITEMS JSON_KEYS JSON_RECORDS TO_JSON_STRING`,
  LAMBDA: 'FILTER REDUCE TRANSFORM',
  MAP: 'AS_MAP ENTRIES MAP_KEYS MAP_UNION MAP_VALUES',
  MATHEMATICAL: `ABS ACOS ASIN ATAN ATAN2 CBRT CEIL COS COSH COT DEGREES EXP FLOOR GREATEST LEAST LN LOG PI POWER RADIANS RANDOM ROUND SIGN SIN SINH
    SQRT TAN TANH TRUNC`,
  'REGULAR EXPRESSION': 'REGEXP_EXTRACT REGEXP_EXTRACT_ALL REGEXP_REPLACE REGEXP_SPLIT_TO_ARRAY',
  STRING: `CHR CONCAT CONCAT_WS ELT ENCODE FIELD FROM_BYTES INITCAP INSTR LCASE LEN LPAD MASK MASK_KEEP_LEFT MASK_KEEP_RIGHT MASK_LEFT MASK_RIGHT MD5
    REPLACE RPAD SPLIT SPLIT_TO_MAP SUBSTRING TO_BYTES TRIM UCASE UUID`,
  URL: `URL_DECODE_PARAM URL_ENCODE_PARAM URL_EXTRACT_FRAGMENT URL_EXTRACT_HOST URL_EXTRACT_PARAMETER URL_EXTRACT_PATH URL_EXTRACT_PORT
    URL_EXTRACT_PROTOCOL URL_EXTRACT_QUERY`,
};

const categoryOf = new Map(Object.entries(categories).flatMap(([category, names]) => names.split(/\s+/).map((name) => [name, category])));

function category(name: string, type: FunctionType): string {
  return type === 'SCALAR' ? (categoryOf.get(name) ?? 'OTHER') : type;
}

const kinds = { SCALAR: 'scalars', TABLE: 'tables', AGGREGATE: 'aggregates' } as const;
const types = Object.keys(kinds) as FunctionType[];

export function listFunctions({ library }: SessionState, { text }: Written): Entity {
  const functions = types.flatMap((type) =>
    [...library[kinds[type]].keys()].sort().map((name) => ({ name, type, category: category(name, type) })),
  );
  return { '@type': 'function_names', ...about(text), functions };
}

/** The type of a parameter that leaves nothing open; null for one that does. */
function typeOf(parameter: Parameter): SqlType | null {
  if (parameter.kind === 'primitive') return parameter.base === 'DECIMAL' ? null : { base: parameter.base };
  if (parameter.kind === 'array') {
    const item = typeOf(parameter.item);
    return item && { base: 'ARRAY', item };
  }
  if (parameter.kind !== 'map') return null;
  const [key, value] = [typeOf(parameter.key), typeOf(parameter.value)];
  return key && value && { base: 'MAP', key, value };
}

type Candidate = Signature | ScalarFunction | TableFunction | AggregateFunction;

function resultType(candidate: Candidate, types: readonly SqlType[]): SqlType | null {
  if ('returns' in candidate) return candidate.returns(types.map((type) => ({ kind: 'value', type })));
  return 'create' in candidate && candidate.literals === 0 ? candidate.create(types, []).type : null;
}

function describe(candidate: Candidate): FunctionSignature {
  const { parameters } = candidate;
  const types = parameters.map(({ type }) => typeOf(type)).filter((type) => type !== null);
  const result = types.length === parameters.length ? resultType(candidate, types) : null;
  return {
    arguments: parameters.map(({ type, name, variadic }) => ({ name, type: parameterText(type), isVariadic: variadic })),
    returnType: result ? typeText(result, false) : 'by its arguments',
  };
}

function signaturesOf(library: FunctionLibrary, type: FunctionType, name: string): readonly Candidate[] | undefined {
  return library[kinds[type]].get(name);
}

export function describeFunction({ library }: SessionState, { statement, text }: Prepared<'describe'>): Entity {
  const name = statement.name!.toUpperCase();
  for (const type of ['AGGREGATE', 'TABLE', 'SCALAR'] as const) {
    const signatures = signaturesOf(library, type, name);
    if (signatures)
      return {
        '@type': 'describe_function',
        ...about(text),
        name,
        type,
        category: category(name, type),
        functions: signatures.map(describe),
      };
  }
  throw new SqlError(`Can't find any functions with the name '${statement.name!}'`, statement.at);
}
