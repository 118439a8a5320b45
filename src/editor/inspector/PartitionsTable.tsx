import type { PipelineNode } from '../../pipeline/index.ts';
import { formatBytes, formatCount } from '../format/numbers.ts';
import type { SlowNode } from '../stores/slowNodes.ts';
import { viewStore } from '../stores/viewStore.ts';
import { partitionColour } from '../theme/palette.ts';

const mostRows = 200;

/** A topic's partitions: where each log starts and ends, and how much it holds. A row leads to its records. */
export function PartitionsTable({ node, slow }: { readonly node: PipelineNode; readonly slow: SlowNode }) {
  return (
    <section aria-label="Partitions">
      <h3>Partitions</h3>
      <table className="lj-table lj-partitions">
        <thead>
          <tr>
            <th scope="col">Partition</th>
            <th scope="col">Log start</th>
            <th scope="col">High watermark</th>
            <th scope="col">Size</th>
          </tr>
        </thead>
        <tbody>
          {slow.partitions.slice(0, mostRows).map((row) => (
            <tr key={row.partition}>
              <th scope="row">
                <button
                  type="button"
                  className="lj-link"
                  title={`Read the records of partition ${row.partition}`}
                  onClick={() => viewStore.getState().browse(node.id, row.partition, row.logStartOffset)}
                >
                  <span className="lj-dot" style={{ background: partitionColour(row.partition) }}>
                    {row.partition}
                  </span>
                  <span className="lj-visually-hidden"> records</span>
                </button>
              </th>
              <td>{formatCount(row.logStartOffset)}</td>
              <td>{formatCount(row.highWatermark)}</td>
              <td>{formatBytes(row.sizeBytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {slow.partitions.length > mostRows && (
        <p className="lj-muted">
          The first {mostRows} of {formatCount(slow.partitions.length)} partitions.
        </p>
      )}
    </section>
  );
}
