import { useState } from 'react';
import { kindOf, type PipelineDocument } from '../../pipeline/index.ts';
import type { SeriesAnswer } from '../../workers/protocol.ts';
import { formatRate, formatSeconds, formatShort } from '../format/numbers.ts';
import { formatLag } from '../live/formatLag.ts';
import { readSeries } from '../run/questions.ts';
import { useDocument } from '../stores/documentStore.ts';
import { useView } from '../stores/viewStore.ts';
import { Chart, type ChartLine } from './Chart.tsx';
import { usePolled } from '../run/usePolled.ts';

type Quantity = SeriesAnswer['series'][number]['quantity'];

const mostLines = 6;

/** Milliseconds to seconds, so that axes read in one unit. */
function inSeconds(values: Float64Array): Float64Array {
  return values.map((value) => value / 1000);
}

function lastOf(values: Float64Array): number {
  for (let index = values.length - 1; index >= 0; index -= 1) if (Number.isFinite(values[index])) return values[index]!;
  return NaN;
}

/** Says whether a node's quantity belongs in a chart: null when not, else what to call it beside the node's name. */
type Wanted = (quantity: Quantity, role: string) => string | null;

const worstFirst = (a: ChartLine, b: ChartLine) => (Number.isFinite(b.last) ? b.last : -1) - (Number.isFinite(a.last) ? a.last : -1);

/** The lines of a chart: those of the selected nodes if they have any, else the largest. Colours stay with their node. */
function linesOf(answer: SeriesAnswer, document: PipelineDocument, selected: readonly string[], wanted: Wanted): readonly ChartLine[] {
  const coloured = document.nodes.filter((node) => node.kind !== 'topic');
  const lines = answer.series.flatMap((series): ChartLine[] => {
    const colour = coloured.findIndex((candidate) => candidate.id === series.node);
    const node = coloured[colour];
    const suffix = node === undefined ? null : wanted(series.quantity, kindOf(node.kind).role);
    if (node === undefined || suffix === null) return [];
    const values = series.quantity.endsWith('-ms') ? inSeconds(series.values) : series.values;
    const id = `${series.node} ${series.quantity}`;
    return [{ id, node: node.id, label: node.name, suffix, colour, dashed: suffix === 'p50', values, last: lastOf(values) }];
  });
  const chosen = lines.filter((line) => selected.includes(line.node));
  const sorted = (chosen.length > 0 ? chosen : lines).sort(worstFirst);
  const nodes = [...new Set(sorted.map((line) => line.node))];
  const kept = nodes.slice(0, sorted.some((line) => line.suffix !== '') ? mostLines / 2 : mostLines);
  return sorted.filter((line) => kept.includes(line.node));
}

const isConsumer = (role: string) => role === 'processor' || role === 'sink';

/** Throughput, lag and latency over virtual time. */
export function Charts() {
  const answer = usePolled(readSeries);
  const document = useDocument((state) => state.document);
  const selected = useView((view) => view.selection.nodes);
  const [lagUnit, setLagUnit] = useState<'seconds' | 'records'>('seconds');
  if (answer === null || answer.timesUs.length < 2)
    return <p className="lj-muted">Charts are drawn while the run runs. Press Space to play.</p>;
  const lines = (wanted: Wanted) => linesOf(answer, document, selected, wanted);
  const limits = document.scenario.objectives
    .filter((objective) => objective.metric === `lag.${lagUnit}`)
    .map((objective) => objective.value);
  return (
    <div className="lj-charts">
      <Chart
        title="Throughput, records/s"
        timesUs={answer.timesUs}
        format={formatRate}
        lines={lines((quantity, role) =>
          quantity === 'rate-out' && role === 'producer' ? '' : quantity === 'rate-in' && isConsumer(role) ? '' : null,
        )}
      />
      <Chart
        title={lagUnit === 'seconds' ? 'Lag, seconds' : 'Lag, records'}
        heading="Lag"
        timesUs={answer.timesUs}
        format={lagUnit === 'seconds' ? formatSeconds : formatShort}
        nameFormat={lagUnit === 'seconds' ? formatLag : formatShort}
        limit={limits.length === 0 ? null : Math.min(...limits)}
        lines={lines((quantity, role) => (quantity === `lag-${lagUnit}` && isConsumer(role) ? '' : null))}
      >
        <select
          className="lj-select lj-small"
          aria-label="Unit of lag"
          value={lagUnit}
          onChange={(event) => setLagUnit(event.target.value as 'seconds' | 'records')}
        >
          <option value="seconds">in seconds</option>
          <option value="records">in records</option>
        </select>
      </Chart>
      <Chart
        title="Latency p50 · p99"
        timesUs={answer.timesUs}
        format={formatSeconds}
        nameFormat={formatLag}
        lines={lines((quantity, role) =>
          !isConsumer(role) ? null : quantity === 'latency-p50-ms' ? 'p50' : quantity === 'latency-p99-ms' ? 'p99' : null,
        )}
      />
    </div>
  );
}
