/** Pull queries of a run: answered from what tasks keep in their stores now. Changes nothing. */
import { builtInFunctions } from '../../../sql/functions/builtIn.ts';
import type { Run as SqlRun } from '../../../sql/operators/topology.ts';
import { emptyState } from '../../../sql/operators/topology.ts';
import { analyse } from '../../../sql/plan/analysis.ts';
import { bindFunctions } from '../../../sql/plan/boundFunctions.ts';
import type { StoredTable } from '../../../sql/plan/storedTable.ts';
import type { PullPlan } from '../../../sql/query/pullPlan.ts';
import { answerPull, planPull } from '../../../sql/query/pullPlan.ts';
import { inStoreOrder, readRows } from '../../../sql/query/materialised.ts';
import { resultSchemaText } from '../../../sql/query/resultSchema.ts';
import { parseStatements, prepareStatement } from '../../../sql/syntax/parse.ts';
import { SqlError } from '../../../sql/syntax/sqlError.ts';
import { javaText } from '../../../sql/types/values.ts';
import type { NodePlan } from '../../../streams/nodePlan.ts';
import { planStreams } from '../../../streams/plan.ts';
import type { TableAnswer } from '../../report/tableAnswer.ts';
import type { Run } from '../build.ts';

/** A pull query that a run can be asked at any time. */
export type TableQuery = (run: Run) => TableAnswer;

interface KeptTable {
  readonly plan: NodePlan;
  readonly stored: StoredTable;
}

/**
 * Reads a pull query over the tables that a run's nodes make. Throws SqlError, with ksqlDB's words where it has any, for what cannot be asked; the query
 * itself throws one where tasks that keep the rows are not running.
 */
export function tableQuery({ topology }: Pick<Run, 'topology'>, text: string): TableQuery {
  const { nodes, catalogue } = planStreams(topology.document);
  const [parsed, ...more] = parseStatements(text.trimEnd().endsWith(';') ? text : `${text};`);
  const statement = parsed && more.length === 0 ? prepareStatement(parsed) : null;
  if (statement?.kind !== 'query' || statement.query.emit !== null)
    throw new SqlError('A run is asked by one pull query. Write SELECT … FROM a table, without EMIT.');
  const functions = bindFunctions(builtInFunctions, catalogue.types);
  const analysis = analyse(statement.query, catalogue, functions, false);
  const { source } = analysis.sources[0]!;
  if (source.kind === 'STREAM') throw new SqlError(`${source.name} is a stream, which keeps no rows. Ask a table, or look at the topic.`);
  const pull = planPull(analysis, { tableScan: true, rangeScan: true, limit: true }, { functions, run: sqlRun(0) });
  const plan = [...nodes.values()].find(({ sink, stored }) => sink.name === source.name && stored !== null);
  if (!plan)
    throw new SqlError(`No node of this pipeline keeps the rows of ${source.name}. Ask a table that CREATE TABLE … AS SELECT makes.`);
  return (run) => answer(run, pull, { plan, stored: plan.stored! });
}

/** Functions of a query see the virtual time; nothing is written. RANDOM gives the middle of its range, so that asking changes no run. */
const sqlRun = (nowMs: number): SqlRun => ({
  ...{ state: emptyState(), wallClockMs: nowMs, write: () => undefined, log: () => undefined },
  ...{ random: () => 0.5, now: () => nowMs },
});

function answer({ ctx }: Run, pull: PullPlan, { plan, stored }: KeptTable): TableAnswer {
  const node = ctx.nodes.find(({ id }) => id === plan.nodeId)!;
  const { groups } = ctx.programs[node.index]!.streams!.layout;
  const group = groups.findIndex(({ stores }) => stores.includes(stored.stores[0]!));
  const tasks = node.members
    .map((member) => ctx.workers[member]!)
    .flatMap((worker) => (worker.alive ? worker.streams!.tasks : []))
    .filter((task) => task.group === group && task.phase === 'running')
    .sort((a, b) => a.partition - b.partition);
  const missing = groups[group]!.partitions - tasks.length;
  if (missing > 0)
    throw new SqlError(
      `Unable to execute pull query. All nodes are dead or exceed max allowed lag. (${String(missing)} of ${String(groups[group]!.partitions)} tasks of ${node.name} are not running now.)`,
    );
  const run = sqlRun(ctx.events.nowUs / 1000);
  const found = tasks.flatMap(({ state }) => readRows(pull.table, pull.lookup, inStoreOrder(pull.table, stored.rows({ ...run, state }))));
  return {
    schema: resultSchemaText(pull.columns),
    columns: pull.columns.map(({ name }) => name),
    rows: answerPull(pull, found, run).map((row) => row.map((value, i) => javaText(value, pull.columns[i]!.type))),
  };
}
