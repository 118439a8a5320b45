/** `--query`: a pull query that a run is asked at its end. */
import { type Run, type TableAnswer, tableQuery } from '../engine/index.ts';
import { refusal } from './refusal.ts';
import { left, renderTable, section } from './table.ts';

const refused = (error: unknown): unknown =>
  error instanceof Error && error.name === 'SqlError'
    ? refusal(
        'option.query',
        `--query cannot be answered: ${error.message}`,
        'Ask a table of the pipeline with SELECT … FROM … WHERE, without EMIT.',
      )
    : error;

/** The query that an option asks for. Throws Refusal where it cannot be asked, as does the query where it cannot be answered. */
export function queryAskedFor(run: Run, text: string): (run: Run) => TableAnswer {
  try {
    const query = tableQuery(run, text);
    return (ended) => {
      try {
        return query(ended);
      } catch (error) {
        throw refused(error);
      }
    };
  } catch (error) {
    throw refused(error);
  }
}

/** The answer as a table; empty where nothing was asked. */
export function answerText(query: string | undefined, answer: TableAnswer | null): string {
  if (query === undefined || answer === null) return '';
  return section(`Answer to ${query}`, renderTable(answer.columns.map(left), answer.rows));
}
