import type { ConfigValue } from '../config.ts';

/** How a config behaves in the inspector, the validator, the JSON Schema, the exports and `--set`: all derive from this one row. */
export interface ConfigDefinition {
  /** Kafka's dotted name, or our own in the same style for what only a simulation has. */
  readonly name: string;
  readonly type: 'integer' | 'number' | 'boolean' | 'string' | 'enum' | 'list';
  readonly default: ConfigValue;
  /** `ms`, `bytes`, `records`, `1/s` …; absent for pure numbers and words. */
  readonly unit?: string;
  readonly min?: number;
  readonly max?: number;
  /** All there are of an `enum`; of a `string` those that are offered. */
  readonly values?: readonly string[];
  /** Longest text or list accepted. */
  readonly maxLength?: number;
  /** One or two sentences a newcomer understands. */
  readonly help: string;
  /** `kafka`: exported to client or topic configs under this very name; `simulation`: only the simulator knows it. */
  readonly source: 'kafka' | 'simulation';
  /** Where a default or a figure comes from: `exact` (semantics), `calibrated`, `assumed`. */
  readonly fidelity?: 'exact' | 'calibrated' | 'assumed';
  /** Inspector section. */
  readonly section: string;
  /** Shown without opening "more". */
  readonly prominent?: boolean;
  /** Only meaningful (and only shown) while another config of the node has one of these values. */
  readonly when?: { readonly name: string; readonly is: readonly ConfigValue[] };
  /** May be changed while a run is on. */
  readonly live?: boolean;
}

/** What the node takes part in; wiring rules and the engine's compiler go by role, never by kind. */
export type NodeRole = 'producer' | 'topic' | 'processor' | 'sink';

export interface KindDefinition {
  readonly kind: string;
  readonly role: NodeRole;
  /** Palette family. */
  readonly family: 'Produce' | 'Log' | 'Process' | 'Views and sinks';
  readonly label: string;
  /** One sentence for the palette's tooltip. */
  readonly summary: string;
  /** Name of the glyph in the editor's icon list. */
  readonly glyph: string;
  /** Stem of the name of a new node. */
  readonly defaultName: string;
  readonly config: readonly ConfigDefinition[];
}
