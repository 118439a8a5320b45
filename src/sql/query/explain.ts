/** EXPLAIN of a running query or of a statement that would make one (`ExplainExecutor`). */
import { SqlError } from '../syntax/sqlError.ts';
import { describeQuery } from './descriptions.ts';
import type { Entity, QueryDescription } from './entities.ts';
import { planPush } from './pushPlan.ts';
import { fieldsOf } from './schemaInfo.ts';
import type { Prepared, SessionState } from './sessionState.ts';
import { about, configOf, sourceNames } from './sessionState.ts';
import { topologyText } from './topologyText.ts';

function explainStatement(state: SessionState, { statement, text }: Prepared<'explain'>): QueryDescription {
  const explained = statement.statement!;
  const { planner } = state;
  const statementText = text.replace(/^\s*EXPLAIN\s+/i, '');
  const plain = { statementText, queryType: 'PUSH', state: null, windowType: null } as const;
  switch (explained.kind) {
    case 'query': {
      const plan = planPush(explained.query, `transient_${explained.query.from.name}`, {
        ...state,
        catalogue: planner.catalogue,
        config: configOf(state),
      });
      const fields = fieldsOf({ schema: { key: [], value: plan.columns }, headers: [] });
      return { ...plain, id: plan.id, fields, sources: sourceNames(explained.query), sinks: [], topology: topologyText(plan.topology) };
    }
    case 'createAsSelect':
    case 'insertSelect': {
      const { id, sink, topology } = planner.explain(explained, configOf(state));
      const sources = sourceNames(explained.query);
      return {
        ...plain,
        queryType: 'PERSISTENT',
        id,
        windowType: sink.window?.type ?? null,
        fields: fieldsOf(sink),
        sources,
        sinks: [sink.name],
        topology: topologyText(topology),
      };
    }
    default:
      throw new SqlError('The provided statement does not run a ksql query', statement.at);
  }
}

export function explain(state: SessionState, prepared: Prepared<'explain'>): Entity {
  const { statement, text } = prepared;
  const { queryId } = statement;
  if (queryId === null) return { '@type': 'queryDescription', ...about(text), queryDescription: explainStatement(state, prepared) };
  const query = state.queries.find(({ id }) => id.toUpperCase() === queryId.toUpperCase());
  if (!query)
    throw new SqlError(`Query with id:${queryId} does not exist, use SHOW QUERIES to view the full set of queries.`, statement.at);
  return { '@type': 'queryDescription', ...about(text), queryDescription: describeQuery(state, query) };
}
