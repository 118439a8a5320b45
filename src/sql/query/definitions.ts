/** Statements that change what there is: sources, queries, types (`DistributingExecutor`, `InteractiveStatementExecutor`, `DdlCommandExec`). */
import type { Query } from '../syntax/ast.ts';
import { SqlError } from '../syntax/sqlError.ts';
import { typeText } from '../types/typeText.ts';
import type { Entity } from './entities.ts';
import type { QueryChange } from './host.ts';
import type { Prepared, RunningQuery, SessionState } from './sessionState.ts';
import { about, configOf, sourceNames } from './sessionState.ts';

const lower = (text: string): string => text.toLowerCase();

/** What a command that was carried out answers. */
export function commandStatus(
  state: SessionState,
  text: string,
  commandId: string,
  message: string,
  queryId: string | null = null,
): Entity {
  return {
    '@type': 'currentStatus',
    ...about(text),
    commandId,
    commandStatus: { status: 'SUCCESS', message, queryId },
    commandSequenceNumber: state.commands++,
  };
}

const alreadyThere = (text: string, kind: string, name: string): Entity => ({
  ...{ '@type': 'warning_entity', ...about(text) },
  message: `Cannot add ${lower(kind)} \`${name}\`: A ${lower(kind)} with the same name already exists.`,
});

export function createSource(state: SessionState, { statement, text }: Prepared<'createSource'>): Entity {
  const { name, source: kind, ifNotExists } = statement;
  const { planner, host } = state;
  if (ifNotExists && planner.catalogue.sources.has(name)) return alreadyThere(text, kind, name);
  planner.execute(statement, configOf(state));
  state.sourceTexts.set(name, text);
  const made = `${kind === 'STREAM' ? 'Stream' : 'Table'} created`;
  if (kind === 'TABLE' && statement.readOnly) {
    const id = planner.nextQueryId(`CST_${name}`);
    state.queries.push({ id, text, sources: [name], sink: name, kind: 'source', isPaused: false });
    host.queryChanged(id, 'started');
    return commandStatus(state, text, `table/\`${name}\`/create`, `Created query with ID ${id}`, id);
  }
  return commandStatus(state, text, `${lower(kind)}/\`${name}\`/create`, made);
}

/** Takes note of the query that the planner has made last, in the place of one that it replaces. */
function noteQuery(state: SessionState, text: string, query: Query, sink: string, kind: RunningQuery['kind']): RunningQuery {
  const { planner, queries, host } = state;
  const found =
    kind === 'createAs'
      ? planner.queries.find(({ id, sink: to }) => to.name === sink && !id.startsWith('INSERTQUERY'))
      : planner.queries.at(-1);
  const made: RunningQuery = { id: found!.id, text, sources: sourceNames(query), sink, kind, isPaused: false };
  const replaced = queries.findIndex(({ id }) => id === made.id);
  if (replaced >= 0) queries[replaced] = made;
  else queries.push(made);
  host.queryChanged(made.id, 'started');
  return made;
}

export function createAsSelect(state: SessionState, { statement, text }: Prepared<'createAsSelect'>): Entity {
  const { name, source: kind, ifNotExists, query } = statement;
  if (ifNotExists && state.planner.catalogue.sources.has(name)) return alreadyThere(text, kind, name);
  state.planner.execute(statement, configOf(state));
  state.sourceTexts.set(name, text);
  const { id } = noteQuery(state, text, query, name, 'createAs');
  return commandStatus(state, text, `${lower(kind)}/\`${name}\`/create`, `Created query with ID ${id}`, id);
}

export function insertSelect(state: SessionState, { statement, text }: Prepared<'insertSelect'>): Entity {
  state.planner.execute(statement, configOf(state));
  const { id } = noteQuery(state, text, statement.query, statement.target, 'insert');
  return commandStatus(state, text, `stream/\`${statement.target}\`/create`, `Created query with ID ${id}`, id);
}

/** The sources that queries make from one; they have to be dropped before it. */
export const madeFrom = ({ queries }: SessionState, name: string): string[] =>
  queries.filter(({ kind, sources }) => kind === 'createAs' && sources.includes(name)).map(({ sink }) => sink);

function checkUnused(state: SessionState, name: string): void {
  const inserts = state.queries.filter(({ kind }) => kind === 'insert');
  const readers = inserts.filter(({ sources }) => sources.includes(name)).map(({ id }) => id);
  const writers = inserts.filter(({ sink }) => sink === name).map(({ id }) => id);
  if (readers.length > 0 || writers.length > 0)
    throw new SqlError(
      `Cannot drop ${name}.\nThe following queries read from this source: [${readers.sort().join(', ')}].\nThe following queries write into this source: [${writers.sort().join(', ')}].\nYou need to terminate them before dropping ${name}.`,
    );
  const made = madeFrom(state, name);
  if (made.length > 0)
    throw new SqlError(
      `Cannot drop ${name}.\nThe following streams and/or tables read from this source: [${made.sort().join(', ')}].\nYou need to drop them before dropping ${name}.`,
    );
}

export function drop(state: SessionState, { statement, text }: Prepared<'drop'>): Entity {
  const { name, source: kind, deleteTopic } = statement;
  const { planner, host } = state;
  const existing = planner.catalogue.sources.get(name);
  if (existing) checkUnused(state, name);
  planner.execute(statement, configOf(state));
  const commandId = `${lower(kind)}/${name}/drop`;
  if (!existing) return commandStatus(state, text, commandId, `Source \`${name}\` does not exist.`);
  state.sourceTexts.delete(name);
  for (const { id } of state.queries.filter(({ sink }) => sink === name)) forget(state, id);
  if (deleteTopic) host.deleteTopic(existing.topic);
  return commandStatus(state, text, commandId, `Source \`${name}\` (topic: ${existing.topic}) was dropped.`);
}

export function alterSource(state: SessionState, { statement, text }: Prepared<'alterSource'>): Entity {
  const { name, source: kind } = statement;
  state.planner.execute(statement, configOf(state));
  return commandStatus(state, text, `${lower(kind)}/${name}/alter`, `${kind === 'STREAM' ? 'Stream' : 'Table'} \`${name}\` altered.`);
}

export function createType(state: SessionState, { statement, text }: Prepared<'createType'>): Entity {
  const { name, ifNotExists } = statement;
  const { types } = state.planner.catalogue;
  const commandId = `type/${name}/create`;
  const present = types.get(name);
  if (present && ifNotExists) return commandStatus(state, text, commandId, `${name} is already registered with type ${typeText(present)}`);
  state.planner.execute(statement, configOf(state));
  const type = typeText(types.get(name)!);
  return commandStatus(state, text, commandId, `Registered custom type with name '${name}' and SQL type ${type}`);
}

export function dropType(state: SessionState, { statement, text }: Prepared<'dropType'>): Entity {
  const { name } = statement;
  const wasThere = state.planner.catalogue.types.has(name);
  state.planner.execute(statement, configOf(state));
  return commandStatus(state, text, `type/${name}/drop`, wasThere ? `Dropped type '${name}'` : `Type '${name}' does not exist`);
}

function forget(state: SessionState, id: string): void {
  const at = state.queries.findIndex((query) => query.id === id);
  if (at >= 0) state.queries.splice(at, 1);
  state.planner.terminate(id);
  state.host.queryChanged(id, 'terminated');
}

const changes = { terminate: 'terminated', pause: 'paused', resume: 'resumed' } as const satisfies Record<string, QueryChange>;

/** Ends a push query (`TerminateQueryExecutor`). */
function terminatePush({ pushes, host }: SessionState, queryId: string, text: string): Entity {
  const found = [...pushes].find((id) => id.toUpperCase() === queryId.toUpperCase());
  if (found === undefined) throw new SqlError(`Failed to terminate query with query ID: '${queryId}'`);
  pushes.delete(found);
  host.queryChanged(found, 'terminated');
  return { '@type': 'terminate_query', ...about(text), queryId: found, wasTerminated: true };
}

/** TERMINATE, PAUSE and RESUME of one query or of all that no table keeps for itself. */
export function control(state: SessionState, { statement, text }: Prepared<'terminate' | 'pause' | 'resume'>): Entity {
  const { kind, queryId } = statement;
  if (kind === 'terminate' && queryId !== null && /transient_/i.test(queryId)) return terminatePush(state, queryId, text);
  const named = queryId === null ? null : state.queries.find(({ id }) => id.toUpperCase() === queryId.toUpperCase());
  if (named === undefined) throw new SqlError(`Unknown queryId: ${queryId!}`);
  if (named?.kind === 'source') throw new SqlError(`Cannot ${kind} query '${named.id}' because it is linked to a source table.`);
  const chosen = named ? [named] : state.queries.filter((query) => query.kind !== 'source');
  for (const query of chosen) {
    if (kind === 'terminate') forget(state, query.id);
    else {
      query.isPaused = kind === 'pause';
      state.host.queryChanged(query.id, changes[kind]);
    }
  }
  return commandStatus(state, text, `${kind}/${named?.id ?? 'ALL'}/execute`, `Query ${changes[kind]}.`, named?.id ?? null);
}
