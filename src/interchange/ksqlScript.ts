import type { PipelineDocument } from '../pipeline/index.ts';
import { ksqlScript } from '../streams/script.ts';
import type { Exported, ExportOptions } from './exportTypes.ts';
import { commentText } from './quoting.ts';

/** `queries.sql` for ksqlDB's `RUN SCRIPT`, or its command line with `--file`. Only what ksqlDB runs: the other processors stay in the document. */
export function exportKsqlScript(document: PipelineDocument, _options: ExportOptions = {}): Exported {
  const { text, findings } = ksqlScript(document);
  if (text !== null) {
    const head = `-- Queries of the pipeline "${commentText(document.name)}", made by Logjam. Its topics have to be there.\n\n`;
    return { files: [{ path: 'queries.sql', text: head + text }], findings };
  }
  const nothing = {
    severity: 'warning',
    code: 'export.no-queries',
    path: '/nodes',
    message: 'The pipeline has no SQL node that could run.',
    remedy: 'Add one before you export.',
  } as const;
  return { files: [], findings: [...findings, nothing] };
}
