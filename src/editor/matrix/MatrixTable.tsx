import { guaranteeWords } from '../../pipeline/index.ts';
import type { GuaranteeMatrix, GuaranteeRow } from '../../workers/protocol.ts';
import { formatCount, formatMilliseconds, formatRate } from '../format/numbers.ts';
import { bySink, toneOf, verdictWords } from './matrixWords.ts';

const columns = [
  ['Once', 'Records that the sink served exactly once'],
  ['Duplicated', 'Records that it served more than once'],
  ['Lost', 'Records that reached it under another guarantee, but not under this one'],
  ['Reordered', 'Records served after a later one of the same key'],
  ['p50', 'End-to-end latency of half of the records; of several seeds the worst'],
  ['p99', 'End-to-end latency of 99 % of the records; of several seeds the worst'],
  ['Rate', 'Records a second, mean of the run'],
] as const;

const count = (value: number, bad: boolean) => (
  <td className={value === 0 ? 'lj-muted' : bad ? 'lj-matrix-bad' : undefined}>{formatCount(value)}</td>
);

function Row({ row, chosen }: { readonly row: GuaranteeRow; readonly chosen: boolean }) {
  return (
    <tr>
      <th scope="row">
        {guaranteeWords[row.guarantee].label}
        {chosen && <span className="lj-muted"> · in use</span>}
      </th>
      {count(row.once, false)}
      {count(row.duplicated, true)}
      {count(row.lost, true)}
      {count(row.reordered, true)}
      <td>{formatMilliseconds(row.p50Ms ?? NaN)}</td>
      <td>{formatMilliseconds(row.p99Ms ?? NaN)}</td>
      <td>{formatRate(row.perSecond)}</td>
      <td className="lj-matrix-verdict">
        <span className={`lj-matrix-tone lj-matrix-${toneOf(row)}`}>{verdictWords(row)}</span>
      </td>
    </tr>
  );
}

/** Sinks by guarantees: what came of every record, how long it took, and the verdict in words. */
export function MatrixTable({ matrix, chosen }: { readonly matrix: GuaranteeMatrix; readonly chosen: string | undefined }) {
  return (
    <table className="lj-table lj-matrix-table">
      <caption className="lj-visually-hidden">What each sink got under each guarantee</caption>
      <thead>
        <tr>
          <th scope="col">Guarantee</th>
          {columns.map(([label, help]) => (
            <th key={label} scope="col" title={help}>
              {label}
            </th>
          ))}
          <th scope="col" className="lj-matrix-verdict">
            Verdict
          </th>
        </tr>
      </thead>
      {bySink(matrix).map((sink) => (
        <tbody key={sink.node}>
          <tr>
            <th scope="rowgroup" colSpan={columns.length + 2} className="lj-matrix-sink">
              {sink.name} <span className="lj-muted">{formatCount(sink.rows[0]!.expected)} records expected</span>
            </th>
          </tr>
          {sink.rows.map((row) => (
            <Row key={row.guarantee} row={row} chosen={row.guarantee === chosen} />
          ))}
        </tbody>
      ))}
    </table>
  );
}
