import { expect, test } from 'vitest';
import type { ObjectiveReport, Report } from '../engine/report/report.ts';
import { escapeXml, junitOfFindings, junitOfReport } from './junit.ts';

const hostile = `a<b>&"c'\u0000\u001b\ud800 \u{1f4a7}\n]]>`;

test('every text is escaped, and what XML cannot hold is replaced', () => {
  expect(escapeXml(hostile)).toBe('a&lt;b&gt;&amp;&quot;c&apos;\ufffd\ufffd\ufffd \u{1f4a7}&#10;]]&gt;');
});

test('one test case an objective', () => {
  const objective = (name: string, pass: boolean): ObjectiveReport => ({
    id: name, name, node: 'n', metric: 'lag.seconds', statistic: 'max', comparison: '<=', limit: 5, value: 7, pass, sentence: 'Max lag of "n" was 7 s & not <= 5 s.',
  }); // prettier-ignore
  const report = { name: hostile, objectives: [objective('holds', true), objective('fails', false)] } as unknown as Report;
  const text = junitOfReport(report);
  expect(text).toContain('<testsuites tests="2" failures="1" errors="0">');
  expect(text).toContain('<testcase name="holds" ');
  expect(text).toContain('<failure message="Max lag of &quot;n&quot; was 7 s &amp; not &lt;= 5 s."/>');
});

test('a refused document is an error, warnings are not', () => {
  const finding = { severity: 'error' as const, code: 'edge.dangling', path: '/edges/0', message: 'x < y', remedy: 'Do & go.' };
  const text = junitOfFindings('my <file>.json', [finding, { ...finding, severity: 'warning' }]);
  expect(text).toContain('errors="1"');
  expect(text).toContain(
    '<testcase name="edge.dangling /edges/0" classname="my &lt;file&gt;.json"><error message="x &lt; y">Do &amp; go.</error></testcase>',
  );
});
