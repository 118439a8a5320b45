import type { Finding } from '../pipeline/index.ts';
import { printable } from './format.ts';

/** A finding in two lines: what and where, then what to do. */
export function findingText(finding: Finding): string {
  const place = [finding.file, finding.path].filter((part) => part !== undefined && part !== '').join(': ');
  const about = finding.config === undefined || finding.path.endsWith(finding.config) ? '' : ` [${finding.config}]`;
  const text = `${finding.severity}: ${place === '' ? '' : `${place}${about}: `}${finding.message}`;
  return `${printable(text)}\n  ${printable(finding.remedy)}\n`;
}

/** All findings, errors first, in the order given otherwise. */
export function findingsText(findings: readonly Finding[]): string {
  const severities: readonly Finding['severity'][] = ['error', 'warning', 'info'];
  return severities.flatMap((severity) => findings.filter((finding) => finding.severity === severity).map(findingText)).join('');
}
