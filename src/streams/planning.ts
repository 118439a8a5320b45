import type { PipelineDocument } from '../pipeline/document.ts';
import type { Finding } from '../pipeline/finding.ts';
import type { Planner } from '../sql/plan/planner.ts';
import type { ImplicitSource } from './implicitSources.ts';

/** What is put together while a document is planned. */
export interface Planning {
  readonly document: PipelineDocument;
  readonly planner: Planner;
  /** By name. */
  readonly implicit: ReadonlyMap<string, ImplicitSource>;
  readonly findings: Finding[];
}
