import type { Finding } from '../pipeline/index.ts';

/** Thrown where a command cannot go on; the program prints the findings and ends with the code for refused input. */
export class Refusal extends Error {
  readonly findings: readonly Finding[];
  constructor(findings: readonly Finding[]) {
    super(findings[0]?.message ?? 'Refused.');
    this.findings = findings;
  }
}

/** A refusal with one error that is about the command line or a file rather than the document. */
export function refusal(code: string, message: string, remedy: string, file?: string): Refusal {
  return new Refusal([{ severity: 'error', code, path: '', message, remedy, ...(file === undefined ? {} : { file }) }]);
}
