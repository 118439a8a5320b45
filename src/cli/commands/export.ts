import { resolve } from 'node:path';
import { exportFiles, exportTargets, type ExportTarget } from '../../interchange/index.ts';
import { findingsText } from '../findingsText.ts';
import { printable } from '../format.ts';
import { ExitCode, type Io } from '../io.ts';
import { findingsOfFile, loadDocument } from '../load.ts';
import { Refusal, refusal } from '../refusal.ts';
import { below, writeText } from '../writeFiles.ts';

export interface ExportOptions {
  readonly target: string;
  readonly out?: string;
  readonly set?: readonly string[];
}

function targetOf(text: string): ExportTarget {
  if (Object.hasOwn(exportTargets, text)) return text as ExportTarget;
  throw refusal(
    'option.unknown-target',
    `--target is "${text}", which is no target.`,
    `Use one of ${Object.keys(exportTargets).join(', ')}.`,
  );
}

/** `export`: files for a real system, into a folder or, without one, to the output. */
export async function exportCommand(file: string, options: ExportOptions, io: Io): Promise<ExitCode> {
  const target = targetOf(options.target);
  const { document, findings: openFindings } = await loadDocument(file, options, io);
  const exported = exportFiles(document, target);
  const findings = findingsOfFile(file, openFindings, exported.findings);
  if (findings.some((finding) => finding.severity === 'error')) throw new Refusal(findings);
  io.err(findingsText(findings));
  if (options.out === undefined) {
    const [only] = exported.files;
    // Every target's files take `#` for a comment, so several in one stream stay readable to it.
    if (exported.files.length === 1) io.out(only!.text);
    else for (const { path, text } of exported.files) io.out(`# ${printable(path)}\n${text}\n`);
    return ExitCode.ok;
  }
  const folder = resolve(io.workingFolder, options.out);
  for (const { path, text } of exported.files) {
    await writeText(below(folder, path), text, path);
    io.out(`${printable(`${options.out.replace(/\/+$/, '')}/${path}`)}\n`);
  }
  return ExitCode.ok;
}
