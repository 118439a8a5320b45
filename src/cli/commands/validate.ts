import { compile } from '../../engine/index.ts';
import { findingsText } from '../findingsText.ts';
import { counted, printable } from '../format.ts';
import { ExitCode, type Io } from '../io.ts';
import { findingsOfFile, loadDocument } from '../load.ts';
import { Refusal } from '../refusal.ts';

export interface ValidateOptions {
  readonly json?: boolean;
  readonly set?: readonly string[];
}

/** `validate`: everything there is to say about a document without running it. */
export async function validateCommand(file: string, options: ValidateOptions, io: Io): Promise<ExitCode> {
  const findings = await findingsOf(file, options, io);
  const count = (severity: string) => findings.filter((finding) => finding.severity === severity).length;
  if (options.json === true) io.out(`${JSON.stringify(findings, null, 2)}\n`);
  else {
    io.err(findingsText(findings));
    io.out(
      `${printable(file)}: ${counted(count('error'), 'error')}, ${counted(count('warning'), 'warning')}, ${counted(count('info'), 'note')}\n`,
    );
  }
  return count('error') === 0 ? ExitCode.ok : ExitCode.refused;
}

async function findingsOf(file: string, options: ValidateOptions, io: Io) {
  try {
    const { document, findings } = await loadDocument(file, options, io);
    return findingsOfFile(file, findings, compile(document).findings);
  } catch (error) {
    if (error instanceof Refusal) return error.findings;
    throw error;
  }
}
