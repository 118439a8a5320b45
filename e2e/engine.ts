import { advance, compile, createRun, fingerprint } from '../src/engine/index.ts';
import { parseDocument } from '../src/pipeline/index.ts';

/** The fingerprint of a document's run to its end, by the engine in this process, as much of it as the designer shows. */
export function fingerprintInNode(text: string): string {
  const { document, findings } = parseDocument(text, { file: 'document.json' });
  if (document === null) throw new Error(findings.map((finding) => `${finding.path}: ${finding.message}`).join('\n'));
  const compiled = compile(document);
  if (compiled.topology === null) throw new Error(compiled.findings.map((finding) => finding.message).join('\n'));
  const run = createRun(compiled.topology);
  advance(run, { untilUs: document.scenario.durationMs * 1000, maxEvents: Infinity });
  return fingerprint(run).slice(0, 16);
}
