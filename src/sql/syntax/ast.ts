/**
 * What a text of ksqlDB's SQL says, as plain data. The shapes follow the grammar (`SqlBase.g4`) and what its `AstBuilder` makes of it; names that were
 * written without quotes are upper-cased, quoted ones kept.
 */

/** Where something stands in the text: line and column count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

interface Placed {
  readonly at: Place;
}

export interface When {
  readonly when: Expression;
  readonly then: Expression;
}

type Operation =
  | { readonly kind: 'unary'; readonly operator: '-' | '+'; readonly operand: Expression }
  | { readonly kind: 'not'; readonly operand: Expression }
  | {
      readonly kind: 'arithmetic';
      readonly operator: '+' | '-' | '*' | '/' | '%';
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'comparison'; readonly operator: ComparisonOperator; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'logical'; readonly operator: 'AND' | 'OR'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'isNull'; readonly operand: Expression; readonly negated: boolean }
  | {
      readonly kind: 'between';
      readonly operand: Expression;
      readonly low: Expression;
      readonly high: Expression;
      readonly negated: boolean;
    }
  | {
      readonly kind: 'like';
      readonly operand: Expression;
      readonly pattern: Expression;
      readonly escape: string | null;
      readonly negated: boolean;
    }
  | { readonly kind: 'in'; readonly operand: Expression; readonly list: readonly Expression[]; readonly negated: boolean };

export type ComparisonOperator = '=' | '<>' | '<' | '<=' | '>' | '>=' | 'IS DISTINCT FROM' | 'IS NOT DISTINCT FROM';

/** The value itself as written. An integer beyond 32 bits is a bigint, a number with an exponent a double, one with a point a decimal. */
export type Literal = Placed &
  (
    | { readonly kind: 'null' }
    | { readonly kind: 'boolean'; readonly value: boolean }
    | { readonly kind: 'integer'; readonly value: number }
    | { readonly kind: 'bigint'; readonly value: bigint }
    | { readonly kind: 'double'; readonly value: number }
    | { readonly kind: 'decimal'; readonly text: string }
    | { readonly kind: 'string'; readonly value: string }
  );

export type Expression =
  | Literal
  | (Placed &
      (
        | { readonly kind: 'column'; readonly source: string | null; readonly name: string }
        /** `base->name`. */
        | { readonly kind: 'field'; readonly base: Expression; readonly name: string }
        | { readonly kind: 'subscript'; readonly base: Expression; readonly index: Expression }
        /** The name is upper-cased; `f(*)` has no arguments; `a || b` is a call of CONCAT. */
        | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
        | { readonly kind: 'lambda'; readonly params: readonly string[]; readonly body: Expression }
        | { readonly kind: 'lambdaVariable'; readonly name: string }
        | Operation
        | { readonly kind: 'searchedCase'; readonly whens: readonly When[]; readonly otherwise: Expression | null }
        | {
            readonly kind: 'simpleCase';
            readonly operand: Expression;
            readonly whens: readonly When[];
            readonly otherwise: Expression | null;
          }
        | { readonly kind: 'cast'; readonly operand: Expression; readonly type: TypeName }
        | { readonly kind: 'array'; readonly items: readonly Expression[] }
        | { readonly kind: 'map'; readonly entries: readonly { readonly key: Expression; readonly value: Expression }[] }
        | { readonly kind: 'struct'; readonly fields: readonly { readonly name: string; readonly value: Expression }[] }
        /** A unit of time as an argument (`TIMESTAMPADD(SECONDS, 5, t)`): one such unit, its name in the plural. */
        | { readonly kind: 'interval'; readonly value: bigint; readonly unit: string }
      ));

/** A type as written. `simple` includes DECIMAL with its two parameters and names of types that the user created. */
export type TypeName = Placed &
  (
    | { readonly kind: 'simple'; readonly name: string; readonly parameters: readonly number[] }
    | { readonly kind: 'array'; readonly item: TypeName }
    | { readonly kind: 'map'; readonly key: TypeName; readonly value: TypeName }
    | { readonly kind: 'struct'; readonly fields: readonly { readonly name: string; readonly type: TypeName }[] }
  );

export type TimeUnit = 'DAYS' | 'HOURS' | 'MINUTES' | 'SECONDS' | 'MILLISECONDS';

/** A length of time as written, and in milliseconds. */
export interface Duration extends Placed {
  readonly value: number;
  readonly unit: TimeUnit;
  readonly milliseconds: number;
}

export interface Property extends Placed {
  /** Upper-cased unless quoted. */
  readonly name: string;
  readonly value: Literal;
}

/** What a column holds besides values: nothing said, a part of the key, all headers, or the header of one name. */
export type ColumnConstraint = 'KEY' | 'PRIMARY KEY' | 'HEADERS' | { readonly header: string } | null;

export interface TableElement extends Placed {
  readonly name: string;
  readonly type: TypeName;
  readonly constraint: ColumnConstraint;
}

export type SelectItem = Placed &
  (
    | { readonly kind: 'single'; readonly expression: Expression; readonly alias: string | null }
    /** `*` or `source.*`. */
    | { readonly kind: 'all'; readonly source: string | null }
    /** `base->*`. */
    | { readonly kind: 'structAll'; readonly base: Expression }
  );

export interface AliasedSource extends Placed {
  readonly name: string;
  /** The name itself where no alias is written. */
  readonly alias: string;
}

export interface Within extends Placed {
  readonly before: Duration;
  readonly after: Duration;
  readonly grace: Duration | null;
}

export interface Join extends Placed {
  readonly type: 'INNER' | 'LEFT' | 'RIGHT' | 'OUTER';
  readonly right: AliasedSource;
  readonly within: Within | null;
  readonly on: Expression;
}

export type Window = Placed & {
  readonly retention: Duration | null;
  readonly grace: Duration | null;
} & (
    | { readonly kind: 'TUMBLING'; readonly size: Duration }
    | { readonly kind: 'HOPPING'; readonly size: Duration; readonly advance: Duration }
    | { readonly kind: 'SESSION'; readonly gap: Duration }
  );

export interface Query extends Placed {
  readonly select: readonly SelectItem[];
  readonly from: AliasedSource;
  readonly joins: readonly Join[];
  readonly window: Window | null;
  readonly where: Expression | null;
  readonly groupBy: readonly Expression[] | null;
  readonly partitionBy: readonly Expression[] | null;
  readonly having: Expression | null;
  /** Null in a pull query only: a persistent query that says nothing emits changes. */
  readonly emit: 'CHANGES' | 'FINAL' | null;
  readonly limit: number | null;
}

export type SourceKind = 'STREAM' | 'TABLE';

type ListedThing =
  'PROPERTIES' | 'TOPICS' | 'STREAMS' | 'TABLES' | 'FUNCTIONS' | 'CONNECTORS' | 'CONNECTOR PLUGINS' | 'TYPES' | 'VARIABLES' | 'QUERIES';

type Definition =
  | {
      readonly kind: 'createSource';
      readonly source: SourceKind;
      readonly name: string;
      readonly orReplace: boolean;
      readonly ifNotExists: boolean;
      /** CREATE SOURCE STREAM|TABLE: cannot be written to. */
      readonly readOnly: boolean;
      readonly elements: readonly TableElement[];
      readonly properties: readonly Property[];
    }
  | {
      readonly kind: 'createAsSelect';
      readonly source: SourceKind;
      readonly name: string;
      readonly orReplace: boolean;
      readonly ifNotExists: boolean;
      readonly properties: readonly Property[];
      readonly query: Query;
    }
  | {
      readonly kind: 'createConnector';
      readonly connector: 'SOURCE' | 'SINK';
      readonly name: string;
      readonly ifNotExists: boolean;
      readonly properties: readonly Property[];
    }
  | { readonly kind: 'createType'; readonly name: string; readonly ifNotExists: boolean; readonly type: TypeName }
  | {
      readonly kind: 'drop';
      readonly source: SourceKind;
      readonly name: string;
      readonly ifExists: boolean;
      readonly deleteTopic: boolean;
    }
  | { readonly kind: 'dropConnector'; readonly name: string; readonly ifExists: boolean }
  | { readonly kind: 'dropType'; readonly name: string; readonly ifExists: boolean }
  | {
      readonly kind: 'alterSource';
      readonly source: SourceKind;
      readonly name: string;
      readonly columns: readonly { readonly name: string; readonly type: TypeName }[];
    };

type Manipulation =
  | { readonly kind: 'query'; readonly query: Query }
  | { readonly kind: 'insertSelect'; readonly target: string; readonly properties: readonly Property[]; readonly query: Query }
  /** No columns: all of the target's, in its order. */
  | {
      readonly kind: 'insertValues';
      readonly target: string;
      readonly columns: readonly string[];
      readonly values: readonly Expression[];
    };

type Administration =
  | {
      readonly kind: 'list';
      readonly what: ListedThing;
      /** SHOW ALL TOPICS. */
      readonly all: boolean;
      readonly extended: boolean;
      /** Which connectors; null are all. */
      readonly scope: 'SOURCE' | 'SINK' | null;
    }
  | {
      readonly kind: 'describe';
      readonly what: 'source' | 'streams' | 'tables' | 'function' | 'connector';
      readonly name: string | null;
      readonly extended: boolean;
    }
  /** Either a statement or the id of a query, upper-cased. */
  | { readonly kind: 'explain'; readonly statement: Statement | null; readonly queryId: string | null }
  /** Null is all queries. */
  | { readonly kind: 'terminate' | 'pause' | 'resume'; readonly queryId: string | null }
  | { readonly kind: 'set' | 'alterSystem'; readonly property: string; readonly value: string }
  | { readonly kind: 'unset'; readonly property: string }
  /** The variable's name is kept as written. */
  | { readonly kind: 'define'; readonly variable: string; readonly value: string }
  | { readonly kind: 'undefine'; readonly variable: string }
  | {
      readonly kind: 'print';
      readonly topic: string;
      readonly fromBeginning: boolean;
      readonly interval: number | null;
      readonly limit: number | null;
    };

type Assertion =
  | {
      readonly kind: 'assertTopic';
      readonly topic: string;
      readonly exists: boolean;
      readonly properties: readonly Property[];
      readonly timeout: Duration | null;
    }
  | {
      readonly kind: 'assertSchema';
      readonly subject: string | null;
      readonly id: number | null;
      readonly exists: boolean;
      readonly timeout: Duration | null;
    };

export type Statement = Placed & (Definition | Manipulation | Administration | Assertion);
