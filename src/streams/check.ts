import type { PipelineDocument } from '../pipeline/document.ts';
import type { Finding } from '../pipeline/finding.ts';
import { bounded, hasErrors, inFile } from '../pipeline/findings.ts';
import { checkIds } from '../pipeline/integrity.ts';
import { validateDocument } from '../pipeline/validate.ts';
import { planStreams } from './plan.ts';

/**
 * Everything that can be said about a document without running it: what `validateDocument` says, and what its stream processors are refused or warned of. In a fixed order,
 * at most `limits.findings`; `file` is put on each.
 */
export function checkDocument(document: PipelineDocument, options: { readonly file?: string } = {}): readonly Finding[] {
  const findings = validateDocument(document, options);
  // Without sound ids the findings would speak about the wrong nodes.
  if (hasErrors(checkIds(document))) return findings;
  return bounded([...findings, ...inFile(planStreams(document).findings, options.file)]);
}
