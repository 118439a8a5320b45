import { useId, useState, type ReactElement } from 'react';

interface RowProperties {
  readonly label: string;
  readonly readOnly: boolean;
}

interface ChoiceProperties<T extends string> extends RowProperties {
  readonly value: T;
  readonly options: readonly (readonly [T, string])[];
  readonly onChoose: (value: T) => void;
}

/** One choice of a form, as wide as the form. */
export function ChoiceRow<T extends string>({ label, value, options, readOnly, onChoose }: ChoiceProperties<T>): ReactElement {
  const id = useId();
  return (
    <>
      <label htmlFor={id}>{label}</label>
      <select id={id} className="lj-select" value={value} disabled={readOnly} onChange={(event) => onChoose(event.target.value as T)}>
        {options.map(([option, words]) => (
          <option key={option} value={option}>
            {words}
          </option>
        ))}
      </select>
    </>
  );
}

interface GroupedProperties<T extends string> extends RowProperties {
  readonly value: T;
  readonly groups: readonly { readonly label: string; readonly options: readonly (readonly [T, string])[] }[];
  readonly onChoose: (value: T) => void;
}

/** One choice among many, in groups with headings. */
export function GroupedChoiceRow<T extends string>({ label, value, groups, readOnly, onChoose }: GroupedProperties<T>): ReactElement {
  const id = useId();
  return (
    <>
      <label htmlFor={id}>{label}</label>
      <select id={id} className="lj-select" value={value} disabled={readOnly} onChange={(event) => onChoose(event.target.value as T)}>
        {groups.map((group) => (
          <optgroup key={group.label} label={group.label}>
            {group.options.map(([option, words]) => (
              <option key={option} value={option}>
                {words}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
    </>
  );
}

interface TextProperties extends RowProperties {
  readonly value: string;
  /** Why a text cannot be taken; null when it can. */
  readonly problemOf: (text: string) => string | null;
  readonly onKeep: (text: string) => void;
  readonly unit?: string;
}

/** One text or number of a form; a wrong one stays in the field with the reason, unapplied. */
export function TextRow({ label, value, unit, readOnly, problemOf, onKeep }: TextProperties): ReactElement {
  const id = useId();
  const [draft, setDraft] = useState<string | null>(null);
  const problem = draft === null ? null : problemOf(draft);
  const keep = () => {
    if (draft === null || problem !== null) return;
    if (draft !== value) onKeep(draft);
    setDraft(null);
  };
  return (
    <>
      <label htmlFor={id}>{label}</label>
      <span className="lj-field-control lj-field-box">
        <input
          id={id}
          className="lj-input"
          inputMode={unit === undefined ? 'text' : 'decimal'}
          aria-invalid={problem !== null}
          readOnly={readOnly}
          value={draft ?? value}
          onChange={(event) => setDraft(event.target.value)}
          onBlur={keep}
          onKeyDown={(event) => {
            if (event.key === 'Enter') keep();
            if (event.key !== 'Escape' || draft === null) return;
            event.stopPropagation();
            setDraft(null);
          }}
        />
        {unit !== undefined && <span className="lj-unit lj-default">{unit}</span>}
      </span>
      {problem !== null && (
        <p className="lj-problem" role="alert">
          {problem}
        </p>
      )}
    </>
  );
}

/** What is wrong with a text that has to be a number of at least `least`; null when nothing is. */
export function numberProblem(text: string, least: number, unit: string): string | null {
  const number = Number(text);
  const right = text.trim() !== '' && Number.isFinite(number) && number >= least;
  return right ? null : `This is a number of ${unit}, ${least} or more.`;
}
