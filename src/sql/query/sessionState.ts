/** What a session knows besides the catalogue: settings, variables, and the statements behind sources and queries. */
import type { FunctionLibrary } from '../functions/library.ts';
import type { Run } from '../operators/topology.ts';
import { emptyState } from '../operators/topology.ts';
import type { Functions } from '../plan/compile.ts';
import type { PlanConfig } from '../plan/planConfig.ts';
import { planConfig } from '../plan/planConfig.ts';
import type { Planner } from '../plan/planner.ts';
import type { ParseTimestamp } from '../plan/timestamps.ts';
import type { Query, Statement } from '../syntax/ast.ts';
import type { Entity } from './entities.ts';
import type { QueryHost } from './host.ts';

/** A query that runs until it is terminated. */
export interface RunningQuery {
  readonly id: string;
  /** The statement that made it. */
  readonly text: string;
  readonly sources: readonly string[];
  /** The name of what it writes; for the query that keeps a source table's rows the table itself. */
  readonly sink: string;
  readonly kind: 'createAs' | 'insert' | 'source';
  isPaused: boolean;
}

export interface SessionState {
  readonly planner: Planner;
  readonly functions: Functions;
  readonly library: FunctionLibrary;
  readonly parseTimestamp: ParseTimestamp;
  readonly host: QueryHost;
  /** What the server was started with. */
  readonly serverSettings: ReadonlyMap<string, string>;
  /** What SET has set. */
  readonly settings: Map<string, string>;
  readonly variables: Map<string, string>;
  /** The statements that made sources, by the source's name. */
  readonly sourceTexts: Map<string, string>;
  readonly queries: RunningQuery[];
  /** Ids of push queries that have not been terminated. */
  readonly pushes: Set<string>;
  commands: number;
  transients: number;
}

type OfKind<K, S = Statement> = S extends { readonly kind: infer Kinds }
  ? Extract<Kinds, K> extends never
    ? never
    : S & { readonly kind: Extract<Kinds, K> }
  : never;

/** The text of a statement whose turn it is. */
export interface Written {
  readonly text: string;
}

/** A statement whose turn it is, with its text. */
export type Prepared<K extends Statement['kind']> = Written & { readonly statement: OfKind<K> };

/** A setting as the session or else the server has it. */
export const settingOf = ({ settings, serverSettings }: SessionState, name: string): string | null =>
  settings.get(name) ?? serverSettings.get(name) ?? null;

/** All settings; the session's over the server's. */
export const allSettings = ({ settings, serverSettings }: SessionState): Map<string, string> => new Map([...serverSettings, ...settings]);

export const configOf = (state: SessionState): PlanConfig => planConfig(Object.fromEntries(allSettings(state)));

/** Where expressions of statements are computed, which have no stores. */
export const runOf = ({ host }: SessionState): Run => ({ ...host.run, state: emptyState() });

export const sourceNames = ({ from, joins }: Query): string[] => [from.name, ...joins.map(({ right }) => right.name)];

/** An entity's parts that every one has. */
export const about = (text: string, warnings: readonly string[] = []): Pick<Entity, 'statementText' | 'warnings'> => ({
  statementText: text,
  warnings,
});
