import type { Topology } from '../operators/topology.ts';
import type { Analysis } from './analysis.ts';
import type { Catalogue } from './catalogue.ts';
import type { Functions } from './compile.ts';
import type { PlanConfig } from './planConfig.ts';
import type { ParseTimestamp } from './timestamps.ts';

/** What is at hand while one query is put together. */
export interface PlanContext {
  readonly topology: Topology;
  readonly analysis: Analysis;
  /** Whether the result is written to a topic under a key; the rows of other queries have the key's columns among their own, where SELECT names them. */
  readonly isPersistent: boolean;
  readonly catalogue: Catalogue;
  readonly config: PlanConfig;
  readonly functions: Functions;
  readonly parseTimestamp: ParseTimestamp;
}
