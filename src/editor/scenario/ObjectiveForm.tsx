import { Trash2 } from 'lucide-react';
import type { ReactElement } from 'react';
import { kindOf } from '../../pipeline/kinds/index.ts';
import type { ObjectiveMetric } from '../../pipeline/document.ts';
import { metricsByRole, statisticsByMetric, type Objective, type PipelineDocument } from '../../pipeline/index.ts';
import { putObjective } from '../document/edits.ts';
import { useDocument } from '../stores/documentStore.ts';
import { ChoiceRow, numberProblem, TextRow } from './FormRow.tsx';
import { comparisonWords, metricWords, statisticWords } from './objectiveWords.ts';
import { takeObjective } from './removals.ts';

const longestName = 249;
const comparisons = Object.entries(comparisonWords) as [Objective['comparison'], string][];

const moreIsBetter: ReadonlySet<ObjectiveMetric> = new Set(['throughput.per.second', 'records.total']);

/** Metrics of the objective's node; of a node that is gone, the one there is. */
function metricsOf(document: PipelineDocument, objective: Objective) {
  const node = document.nodes.find((candidate) => candidate.id === objective.node);
  return node === undefined ? [objective.metric] : metricsByRole[kindOf(node.kind).role];
}

/** The objective with some parts changed and the rest made to fit. */
function changed(document: PipelineDocument, objective: Objective, part: Partial<Objective>): Objective {
  const next = { ...objective, ...part };
  const metrics = metricsOf(document, next);
  const metric = metrics.includes(next.metric) ? next.metric : metrics[0]!;
  const statistics = statisticsByMetric[metric];
  const statistic = statistics.includes(next.statistic) ? next.statistic : statistics[0]!;
  // Of some metrics more is better: what was a ceiling becomes a floor with them, and the other way round.
  const turns = moreIsBetter.has(metric) !== moreIsBetter.has(objective.metric) && next.comparison !== '==';
  const comparison = turns ? (moreIsBetter.has(metric) ? '>=' : '<=') : next.comparison;
  return { ...next, metric, statistic, comparison };
}

function nameProblem(text: string): string | null {
  return text.trim() !== '' && text.length <= longestName ? null : `A name has 1 to ${longestName} characters.`;
}

/** The parts of one objective, each as wide as the form. */
export function ObjectiveForm({ objective }: { readonly objective: Objective }): ReactElement {
  const document = useDocument((state) => state.document);
  const readOnly = useDocument((state) => state.readOnly);
  const change = (part: Partial<Objective>) => putObjective(changed(document, objective, part));
  const { unit, perOwnUnit } = metricWords[objective.metric];
  const problemOf = (text: string) => numberProblem(text, 0, unit);
  return (
    <>
      <TextRow
        label="Name"
        value={objective.name}
        readOnly={readOnly}
        problemOf={nameProblem}
        onKeep={(name) => change({ name: name.trim() })}
      />
      <ChoiceRow
        label="Node"
        value={objective.node}
        options={document.nodes.map(({ id, name }) => [id, name] as const)}
        readOnly={readOnly}
        onChoose={(node) => change({ node })}
      />
      <ChoiceRow
        label="Metric"
        value={objective.metric}
        options={metricsOf(document, objective).map((metric) => [metric, metricWords[metric].label] as const)}
        readOnly={readOnly}
        onChoose={(metric) => change({ metric })}
      />
      <ChoiceRow
        label="Statistic"
        value={objective.statistic}
        options={statisticsByMetric[objective.metric].map((statistic) => [statistic, statisticWords[statistic]] as const)}
        readOnly={readOnly}
        onChoose={(statistic) => change({ statistic })}
      />
      <ChoiceRow
        label="Must be"
        value={objective.comparison}
        options={comparisons}
        readOnly={readOnly}
        onChoose={(comparison) => change({ comparison })}
      />
      <TextRow
        label="Limit"
        unit={unit}
        value={String(Number((objective.value * perOwnUnit).toPrecision(12)))}
        readOnly={readOnly}
        problemOf={problemOf}
        onKeep={(text) => change({ value: Number(text) / perOwnUnit })}
      />
      <button type="button" className="lj-button" disabled={readOnly} onClick={() => takeObjective(objective.id)}>
        <Trash2 size={14} aria-hidden="true" /> Remove objective
      </button>
    </>
  );
}
