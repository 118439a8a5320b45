/** JUnit's XML, as continuous integration reads it: one test case an objective, or one error a finding when the document is refused. */
import type { Report } from '../engine/report/report.ts';
import type { Finding } from '../pipeline/index.ts';

/** Escapes text for elements and attributes; characters XML 1.0 cannot hold become U+FFFD. */
export function escapeXml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&apos;',
    '\n': '&#10;',
    '\r': '&#13;',
    '\t': '&#9;',
  };
  // Lone surrogates are outside the ranges too.
  // eslint-disable-next-line no-control-regex -- What XML allows begins with three control characters.
  const legal = text.replace(/[^\u0009\u000a\u000d\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd');
  return legal.replace(/[&<>"'\n\r\t]/g, (character) => entities[character]!);
}

function suite(
  name: string,
  counts: { readonly tests: number; readonly failures: number; readonly errors: number },
  cases: readonly string[],
): string {
  const numbers = `tests="${counts.tests}" failures="${counts.failures}" errors="${counts.errors}"`;
  const inner = cases.map((line) => `    ${line}\n`).join('');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ${numbers}>\n  <testsuite name="${escapeXml(name)}" ${numbers}>\n${inner}  </testsuite>\n</testsuites>\n`;
}

/** The objectives of a report. */
export function junitOfReport(report: Report): string {
  const cases = report.objectives.map((objective) => {
    const name = `name="${escapeXml(objective.name)}" classname="${escapeXml(report.name)}"`;
    if (objective.pass) return `<testcase ${name}/>`;
    return `<testcase ${name}><failure message="${escapeXml(objective.sentence)}"/></testcase>`;
  });
  const failures = report.objectives.filter((objective) => !objective.pass).length;
  return suite(report.name, { tests: cases.length, failures, errors: 0 }, cases);
}

/** The errors of a refused document. */
export function junitOfFindings(file: string, findings: readonly Finding[]): string {
  const errors = findings.filter((finding) => finding.severity === 'error');
  const cases = errors.map(({ path, message, remedy, code }) => {
    return `<testcase name="${escapeXml(`${code} ${path}`.trim())}" classname="${escapeXml(file)}"><error message="${escapeXml(message)}">${escapeXml(remedy)}</error></testcase>`;
  });
  return suite(file, { tests: cases.length, failures: 0, errors: cases.length }, cases);
}
