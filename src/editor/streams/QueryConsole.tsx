import { Play, Square } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { StreamsPlan } from '../../streams/plan.ts';
import { formatCount } from '../format/numbers.ts';
import { SqlEditor } from '../sql/SqlEditor.tsx';
import { askingLanguage } from '../sql/sqlLanguage.ts';
import { documentStore } from '../stores/documentStore.ts';
import type { AnswerTable } from './answerWords.ts';
import { useConsole, type Shown } from './useConsole.ts';

/** Questions to begin with, by what the pipeline has. */
function examplesOf({ catalogue }: StreamsPlan): readonly string[] {
  const sources = [...catalogue.sources.values()];
  const table = sources.find(({ kind, isQueried }) => kind === 'TABLE' && isQueried);
  const stream = sources.find(({ kind }) => kind === 'STREAM');
  return [
    ...(table === undefined ? [] : [`SELECT * FROM ${table.name};`, `SELECT * FROM ${table.name} EMIT CHANGES;`]),
    ...(stream === undefined ? [] : [`SELECT * FROM ${stream.name} EMIT CHANGES LIMIT 5;`, `DESCRIBE ${stream.name};`]),
    'SHOW QUERIES;',
  ];
}

function AnswerRows({ table }: { readonly table: AnswerTable }) {
  return (
    <>
      {table.title !== '' && <h3>{table.title}</h3>}
      {table.rows.length > 0 && (
        <table className="lj-table">
          <caption className="lj-visually-hidden">{table.title === '' ? 'Rows so far' : table.title}</caption>
          {table.columns.length > 0 && (
            <thead>
              <tr>
                {table.columns.map((name) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
          )}
          <tbody>
            {table.rows.map((row, at) => (
              <tr key={at}>
                {row.map((cell, i) => (
                  <td key={i}>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

function Answer({ shown }: { readonly shown: Shown }) {
  switch (shown.kind) {
    case 'nothing':
      return <p className="lj-muted">Ask the pipeline: a pull query answers once, EMIT CHANGES goes on as records come.</p>;
    case 'asking':
      return <p role="status">Asking …</p>;
    case 'refused':
      return (
        <p className="lj-problem lj-answer-refused" role="alert">
          {shown.message}
        </p>
      );
    case 'answered':
      return (
        <>
          {shown.note !== '' && <p className="lj-muted">{shown.note}</p>}
          {shown.tables.map((table, at) => (
            <AnswerRows key={at} table={table} />
          ))}
        </>
      );
    case 'push':
      return (
        <>
          <p role="status">
            {formatCount(shown.total)} {shown.total === 1 ? 'row' : 'rows'} so far.{' '}
            {shown.isOver ? 'The query is over.' : 'It goes on as records come, the newest first.'}
          </p>
          <AnswerRows table={shown.table} />
        </>
      );
  }
}

/** Asks the pipeline in SQL: pull and push queries, lists and descriptions. */
export function QueryConsole({ plan }: { readonly plan: StreamsPlan }) {
  const [text, setText] = useState(examplesOf(plan)[0]!);
  const [fromStart, setFromStart] = useState(false);
  const { shown, ask, stop } = useConsole(plan);
  const language = useMemo(() => {
    // The plan is of the open document.
    void plan;
    return askingLanguage(documentStore.getState().document);
  }, [plan]);
  const goesOn = shown.kind === 'push' && !shown.isOver;
  const run = (written: string) => void ask(written, fromStart ? 'earliest' : 'latest');
  return (
    <div className="lj-console">
      <div className="lj-console-ask">
        <SqlEditor
          text={text}
          label="Statement"
          readOnly={false}
          placeholder="SELECT * FROM …;"
          language={language}
          large={false}
          onCommit={setText}
          onRun={run}
        />
        <div className="lj-row">
          <button type="button" className="lj-button lj-primary" onClick={() => (goesOn ? stop() : run(text))}>
            {goesOn ? <Square size={14} aria-hidden="true" /> : <Play size={14} aria-hidden="true" />} {goesOn ? 'Stop' : 'Ask'}
          </button>
          <label className="lj-console-from">
            <input type="checkbox" checked={fromStart} onChange={(event) => setFromStart(event.target.checked)} /> Push queries from the
            oldest record
          </label>
        </div>
        <div className="lj-row" role="group" aria-label="Examples">
          {examplesOf(plan).map((example) => (
            <button
              key={example}
              type="button"
              className="lj-filter"
              onClick={() => {
                setText(example);
                run(example);
              }}
            >
              <code>{example}</code>
            </button>
          ))}
        </div>
      </div>
      <section className="lj-console-answer" aria-label="Answer">
        <Answer shown={shown} />
      </section>
    </div>
  );
}
