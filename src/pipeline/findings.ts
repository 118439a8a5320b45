/** Building findings: places in a document, and a bound on their number. */
import type { Finding } from './finding.ts';
import { pointerToken } from './jsonScan.ts';
import { limits } from './limits.ts';

/** A JSON pointer out of keys and indexes; long keys are shortened, they come from files. */
export function pointer(...keys: readonly (string | number)[]): string {
  return keys.map((key) => `/${pointerToken(String(key).slice(0, 100))}`).join('');
}

/** Puts the file's name on findings that have none. */
export function inFile(findings: readonly Finding[], file: string | undefined): readonly Finding[] {
  return file === undefined ? findings : findings.map((finding) => (finding.file === undefined ? { ...finding, file } : finding));
}

/** At most `limits.findings`, errors first to go in; a last one says that there are more. */
export function bounded(findings: readonly Finding[]): Finding[] {
  if (findings.length <= limits.findings) return [...findings];
  const severities: readonly Finding['severity'][] = ['error', 'warning', 'info'];
  const sorted = severities.flatMap((severity) => findings.filter((finding) => finding.severity === severity));
  const shown = limits.findings - 1;
  const message = `There are more findings than the ${shown} shown.`;
  const last: Finding = { severity: sorted[shown]!.severity, code: 'findings.left-out', path: '', message, remedy: 'Correct these first.' };
  return [...sorted.slice(0, shown), last];
}

/** Whether any finding is an error. */
export function hasErrors(findings: readonly Finding[]): boolean {
  return findings.some((finding) => finding.severity === 'error');
}
