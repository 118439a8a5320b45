import { RotateCcw } from 'lucide-react';
import { Fragment, useEffect, useId, useRef, useState, type KeyboardEvent } from 'react';
import { configValueFromText, sameConfigValue, type ConfigDefinition, type ConfigValue } from '../../pipeline/index.ts';
import type { Finding } from '../../pipeline/finding.ts';
import { useView } from '../stores/viewStore.ts';
import { GovernedNote } from './GovernedNote.tsx';
import { showHelp } from './helpStore.ts';
import { meaning, unitWords, valueText } from './valueWords.ts';

interface Properties {
  readonly row: ConfigDefinition;
  /** Node the config belongs to; null for the cluster. */
  readonly node: string | null;
  /** The value set in the document, undefined for the default. */
  readonly set: ConfigValue | undefined;
  /** The value the run has now, where it was changed live. */
  readonly live: ConfigValue | undefined;
  /** What the pipeline's guarantee fixes it at; it cannot be changed here then. */
  readonly governed: ConfigValue | undefined;
  readonly findings: readonly Finding[];
  readonly readOnly: boolean;
  readonly onChange: (value: ConfigValue | undefined) => void;
}

const longTextFrom = 1_000;
const afterClickMs = 200;

/** Takes the focus when a finding asks for this field. */
function useFocusRequest(node: string | null, name: string) {
  const field = useRef<HTMLDivElement>(null);
  const request = useView((view) => view.focusedField);
  useEffect(() => {
    if (request === null || request.node !== node || request.config !== name) return;
    field.current?.closest('details')?.setAttribute('open', '');
    field.current?.scrollIntoView({ block: 'center' });
    field.current?.querySelector<HTMLElement>('input, select, textarea')?.focus();
  }, [request, node, name]);
  return field;
}

/** A dotted name that may break after its dots, and only there. */
function BreakableName({ name }: { readonly name: string }) {
  const parts = name.split('.');
  return parts.map((part, index) => (
    <Fragment key={part + String(index)}>
      {part}
      {index < parts.length - 1 && (
        <>
          .<wbr />
        </>
      )}
    </Fragment>
  ));
}

/** One config: Kafka's name, a field fit for its type, unit, default, findings. A wrong text stays in the field with the reason, unapplied. */
export function ConfigField({ row, node, set, live, governed, findings, readOnly: followed, onChange }: Properties) {
  const id = useId();
  const value = live ?? governed ?? set ?? row.default;
  const readOnly = followed || governed !== undefined;
  const shown = valueText(value);
  const [draft, setDraft] = useState<string | null>(null);
  const field = useFocusRequest(node, row.name);
  const parsed = draft === null ? null : configValueFromText(row, draft);
  const problem = parsed?.ok === false ? parsed.problem : null;
  const keep = () => {
    if (parsed === null || !parsed.ok) return;
    if (!sameConfigValue(parsed.value, value)) onChange(parsed.value);
    setDraft(null);
  };
  const multiline = row.type === 'list' || (row.type === 'string' && (row.maxLength ?? 0) > longTextFrom);
  const shared = {
    id,
    'aria-invalid': problem !== null || findings.some((finding) => finding.severity === 'error'),
    'aria-describedby': `${id}-notes ${id}-help`,
  };
  const text = {
    ...shared,
    className: 'lj-input',
    spellCheck: false,
    readOnly,
    value: draft ?? shown,
    onChange: (event: { target: { value: string } }) => setDraft(event.target.value),
    onBlur: keep,
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key === 'Enter' && (!multiline || event.ctrlKey)) keep();
      if (event.key === 'Escape' && draft !== null) {
        event.stopPropagation();
        setDraft(null);
      }
    },
  };
  const onFocus = () => {
    showHelp(row);
    // The help at the foot takes room away; only after the click that brought the focus may the field move.
    setTimeout(() => field.current?.scrollIntoView({ block: 'nearest' }), afterClickMs);
  };
  const plain = row.type === 'boolean' || row.type === 'enum' || multiline;
  const isDefault = set === undefined && live === undefined;
  // With a unit beside a long number there is no room for the word; it stands under the field then.
  const tight = row.unit !== undefined && shown.length + row.unit.length > 9;
  return (
    <div className={multiline ? 'lj-field lj-field-wide' : 'lj-field'} ref={field} onFocus={onFocus} onBlur={() => showHelp(null)}>
      <label htmlFor={id} className="lj-field-name" title={row.help}>
        <BreakableName name={row.name} />
      </label>
      <span className={plain ? 'lj-field-control' : 'lj-field-control lj-field-box'}>
        {row.type === 'boolean' ? (
          <input
            {...shared}
            type="checkbox"
            className="lj-switch"
            role="switch"
            checked={value === true}
            disabled={readOnly}
            onChange={(event) => onChange(event.target.checked)}
          />
        ) : row.type === 'enum' ? (
          <select
            {...shared}
            className="lj-select"
            value={String(value)}
            disabled={readOnly}
            onChange={(event) => onChange(event.target.value)}
          >
            {row.values?.map((option) => (
              <option key={option}>{option}</option>
            ))}
          </select>
        ) : multiline ? (
          <textarea {...text} rows={row.type === 'list' ? Math.min(6, Math.max(2, (draft ?? shown).split('\n').length)) : 3} />
        ) : (
          <input {...text} type="text" inputMode={row.type === 'string' ? 'text' : 'decimal'} list={row.values && `${id}-values`} />
        )}
        {row.type === 'string' && row.values && (
          <datalist id={`${id}-values`}>
            {row.values.map((option) => (
              <option key={option}>{option}</option>
            ))}
          </datalist>
        )}
        {row.unit !== undefined && <span className="lj-unit">{unitWords(row.unit)}</span>}
        {governed !== undefined ? null : isDefault ? (
          <span className="lj-default">{tight ? '' : 'default'}</span>
        ) : (
          <button
            type="button"
            className="lj-icon-button lj-reset"
            aria-label={`Reset ${row.name} to its default, ${valueText(row.default)}`}
            title={`Back to the default, ${valueText(row.default)}`}
            disabled={readOnly}
            onClick={() => {
              setDraft(null);
              onChange(undefined);
            }}
          >
            <RotateCcw size={13} aria-hidden="true" />
          </button>
        )}
      </span>
      <FieldNotes
        id={id}
        row={row}
        value={value}
        live={live}
        set={set}
        governed={governed}
        isDefault={isDefault && governed === undefined && tight}
        problem={problem === null ? null : `${problem.message} ${problem.remedy}`}
        findings={findings}
      />
    </div>
  );
}

interface NotesProperties extends Pick<Properties, 'row' | 'set' | 'live' | 'governed' | 'findings'> {
  readonly id: string;
  readonly value: ConfigValue;
  /** The word `default` found no room in the field. */
  readonly isDefault: boolean;
  readonly problem: string | null;
}

/** What stands under a field: what a large number means, what is assumed, what is wrong. */
function FieldNotes({ id, row, value, set, live, governed, isDefault, problem, findings }: NotesProperties) {
  const words = [
    meaning(row, value),
    isDefault ? 'default' : '',
    row.fidelity === 'assumed' ? 'assumed' : '',
    live === undefined ? '' : 'changed live',
  ].filter((word) => word !== '');
  return (
    <div id={`${id}-notes`} className="lj-field-notes">
      {words.length > 0 && <span className="lj-muted">{words.join(' · ')}</span>}
      {governed !== undefined && <GovernedNote row={row} set={set} governed={governed} />}
      {problem !== null && (
        <p className="lj-problem" role="alert">
          {problem}
        </p>
      )}
      {findings.map((finding) => (
        <p key={finding.code + finding.message} className={`lj-problem lj-problem-${finding.severity}`}>
          {finding.message} {finding.remedy}
        </p>
      ))}
      <span id={`${id}-help`} className="lj-visually-hidden">
        {row.help}
      </span>
    </div>
  );
}
