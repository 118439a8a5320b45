import { Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { kindOf } from '../../pipeline/kinds/index.ts';
import { metricsByRole, statisticsByMetric, type Objective, type PipelineDocument } from '../../pipeline/index.ts';
import { putObjective, removeObjective } from '../document/edits.ts';
import { documentStore, useDocument } from '../stores/documentStore.ts';

/** An objective people can start from: the last sink keeps within thirty seconds of the log. */
function firstObjective(document: PipelineDocument): Objective | null {
  const node = document.nodes.findLast((candidate) => kindOf(candidate.kind).role === 'sink') ?? document.nodes.at(-1);
  if (node === undefined) return null;
  const taken = new Set(document.scenario.objectives.map((objective) => objective.id));
  let number = 1;
  while (taken.has(`objective-${number}`)) number += 1;
  const metric = metricsByRole[kindOf(node.kind).role].includes('lag.seconds') ? 'lag.seconds' : 'throughput.per.second';
  const comparison = metric === 'lag.seconds' ? '<=' : '>=';
  return { id: `objective-${number}`, name: `${node.name} keeps up`, node: node.id, metric, statistic: 'max', comparison, value: 30 };
}

function Limit({ objective, readOnly }: { readonly objective: Objective; readonly readOnly: boolean }) {
  const [draft, setDraft] = useState<string | null>(null);
  const value = Number(draft ?? objective.value);
  const wrong = (draft ?? 'x').trim() === '' || !Number.isFinite(value);
  const keep = () => {
    if (draft !== null && !wrong && value !== objective.value) putObjective({ ...objective, value });
    if (!wrong) setDraft(null);
  };
  return (
    <input
      className="lj-input"
      aria-label={`Limit of ${objective.name}`}
      inputMode="decimal"
      aria-invalid={wrong}
      readOnly={readOnly}
      value={draft ?? String(objective.value)}
      onChange={(event) => setDraft(event.target.value)}
      onBlur={keep}
      onKeyDown={(event) => event.key === 'Enter' && keep()}
    />
  );
}

interface ChoiceProperties<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly (readonly [T, string])[];
  readonly readOnly: boolean;
  readonly onChoose: (value: T) => void;
}

function Choice<T extends string>({ label, value, options, readOnly, onChoose }: ChoiceProperties<T>) {
  return (
    <select
      className="lj-select"
      aria-label={label}
      value={value}
      disabled={readOnly}
      onChange={(event) => onChoose(event.target.value as T)}
    >
      {options.map(([option, words]) => (
        <option key={option} value={option}>
          {words}
        </option>
      ))}
    </select>
  );
}

const same = <T extends string>(values: readonly T[]) => values.map((value) => [value, value] as const);

function Row({ objective }: { readonly objective: Objective }) {
  const document = useDocument((state) => state.document);
  const readOnly = useDocument((state) => state.readOnly);
  const node = document.nodes.find((candidate) => candidate.id === objective.node);
  const metrics = node === undefined ? [objective.metric] : metricsByRole[kindOf(node.kind).role];
  const change = (part: Partial<Objective>) => {
    const next = { ...objective, ...part };
    const chosen = document.nodes.find((candidate) => candidate.id === next.node);
    const allowed = chosen === undefined ? metrics : metricsByRole[kindOf(chosen.kind).role];
    const metric = allowed.includes(next.metric) ? next.metric : allowed[0]!;
    const statistics = statisticsByMetric[metric];
    putObjective({ ...next, metric, statistic: statistics.includes(next.statistic) ? next.statistic : statistics[0]! });
  };
  const shared = { readOnly };
  return (
    <li className="lj-objective">
      <Choice
        {...shared}
        label="Node of the objective"
        value={objective.node}
        options={document.nodes.map(({ id, name }) => [id, name] as const)}
        onChoose={(id) => change({ node: id })}
      />
      <Choice {...shared} label="Metric" value={objective.metric} options={same(metrics)} onChoose={(metric) => change({ metric })} />
      <Choice
        {...shared}
        label="Statistic"
        value={objective.statistic}
        options={same(statisticsByMetric[objective.metric])}
        onChoose={(statistic) => change({ statistic })}
      />
      <Choice
        {...shared}
        label="Comparison"
        value={objective.comparison}
        options={[
          ['<=', '≤'],
          ['>=', '≥'],
          ['==', '='],
        ]}
        onChoose={(comparison) => change({ comparison })}
      />
      <Limit objective={objective} readOnly={readOnly} />
      <button
        type="button"
        className="lj-icon-button"
        aria-label={`Remove objective ${objective.name}`}
        disabled={readOnly}
        onClick={() => removeObjective(objective.id)}
      >
        <Trash2 size={14} aria-hidden="true" />
      </button>
    </li>
  );
}

/** What must hold at the end of the scenario, one sentence a row. */
export function ObjectivesEditor() {
  const objectives = useDocument((state) => state.document.scenario.objectives);
  const isEmpty = useDocument((state) => state.document.nodes.length === 0);
  const readOnly = useDocument((state) => state.readOnly);
  const add = () => {
    const { document } = documentStore.getState();
    const objective = firstObjective(document);
    if (objective !== null) putObjective(objective);
  };
  return (
    <>
      {objectives.length === 0 && <p className="lj-muted">None yet. An objective is checked here and headless, from the same file.</p>}
      <ul className="lj-objectives">
        {objectives.map((objective) => (
          <Row key={objective.id} objective={objective} />
        ))}
      </ul>
      <button type="button" className="lj-button" disabled={readOnly || isEmpty} onClick={add}>
        <Plus size={14} aria-hidden="true" /> Add objective
      </button>
    </>
  );
}
