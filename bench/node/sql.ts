/** Queries of SQL over JSON payloads, beside loops written by hand that do the same to the same payloads. */
import { builtInFunctions } from '../../src/sql/functions/builtIn.ts';
import type { SourceRecord } from '../../src/sql/operators/row.ts';
import type { Run } from '../../src/sql/operators/topology.ts';
import { emptyState } from '../../src/sql/operators/topology.ts';
import { bindFunctions } from '../../src/sql/plan/boundFunctions.ts';
import { planConfig } from '../../src/sql/plan/planConfig.ts';
import type { PersistentQuery } from '../../src/sql/plan/planner.ts';
import { Planner } from '../../src/sql/plan/planner.ts';
import { parseStatements, prepareStatement } from '../../src/sql/syntax/parse.ts';
import type { Figure } from '../figures.ts';
import { ratesInTurn } from '../timing.ts';

const records = 100_000;
const customers = 1000;
const windowMs = 10_000;

/** What both sides write; their payloads are compared before anything is measured. */
type Output = readonly [key: string, value: string];
type Write = (key: string, value: string) => void;
type Process = (write: Write) => void;

const items = ['bread', 'milk', 'cheese', 'apples', 'coffee', 'rice', 'olives'];

const recordOf = (key: string, value: string, i: number): SourceRecord => ({
  ...{ key, value, timestampMs: i, window: null, headers: [], partition: 0, offset: i },
});

const orders: readonly SourceRecord[] = Array.from({ length: records }, (_, i) => {
  const customer = (i * 7919) % customers;
  const price = ((i * 31) % 10_000) / 100;
  const quantity = (i * 17) % 10;
  const item = items[i % items.length]!;
  return recordOf(String(customer), `{"ID":${String(i)},"ITEM":"${item}","PRICE":${String(price)},"QUANTITY":${String(quantity)}}`, i);
});

const customerRows: readonly SourceRecord[] = Array.from({ length: customers }, (_, i) =>
  recordOf(String(i), `{"NAME":"customer ${String(i)}","COUNTRY":"${i % 3 === 0 ? 'CH' : 'DE'}"}`, 0),
);

const declarations = `
  CREATE STREAM orders (customer INT KEY, id BIGINT, item STRING, price DOUBLE, quantity INT) WITH (kafka_topic = 'orders', format = 'JSON');
  CREATE TABLE customers (customer INT PRIMARY KEY, name STRING, country STRING) WITH (kafka_topic = 'customers', format = 'JSON');`;

function queryOf(statement: string): PersistentQuery {
  const run: Run = { state: emptyState(), wallClockMs: 0, write: () => undefined, log: () => undefined, random: () => 0, now: () => 0 };
  const planner = new Planner({
    functions: (types) => bindFunctions(builtInFunctions, types),
    parseTimestamp: () => 0,
    insert: () => undefined,
    run,
  });
  for (const parsed of parseStatements(`${declarations} ${statement}`)) planner.execute(prepareStatement(parsed), planConfig());
  return planner.queries[0]!;
}

/** The query over the customers, where it reads them, and then all orders, from an empty state. */
function ownWay({ topology, sourceTopics }: PersistentQuery): Process {
  return (write) => {
    const run: Run = {
      state: topology.initialState(),
      wallClockMs: 0,
      write: (_topic, { key, value, window }) => write(window ? `${String(key)}@${String(window.startMs)}` : String(key), String(value)),
      log: (message) => {
        throw new Error(message);
      },
      random: () => 0,
      now: () => 0,
    };
    if (sourceTopics.includes('customers')) for (const record of customerRows) topology.process('customers', record, run);
    for (const record of orders) topology.process('orders', record, run);
  };
}

interface Order {
  readonly ID: number;
  readonly ITEM: string;
  readonly PRICE: number;
  readonly QUANTITY: number;
}

const orderOf = ({ value }: SourceRecord): Order => JSON.parse(value as string) as Order;

function filterByHand(write: Write): void {
  for (const record of orders) {
    const { ID, ITEM, PRICE, QUANTITY } = orderOf(record);
    if (QUANTITY > 4) write(record.key as string, JSON.stringify({ ID, NAME: ITEM.toUpperCase(), WORTH: QUANTITY + ID }));
    else if (PRICE < 0) throw new Error('no price is negative');
  }
}

function countByHand(write: Write): void {
  const counts = new Map<string, { count: number; quantity: number }>();
  for (const record of orders) {
    const { QUANTITY } = orderOf(record);
    const key = `${record.key as string}@${String(record.timestampMs - (record.timestampMs % windowMs))}`;
    const state = counts.get(key) ?? { count: 0, quantity: 0 };
    state.count++;
    state.quantity += QUANTITY;
    counts.set(key, state);
    write(key, JSON.stringify({ ORDERS: state.count, QUANTITY: state.quantity }));
  }
}

function joinByHand(write: Write): void {
  const table = new Map<string, { NAME: string; COUNTRY: string }>();
  for (const { key, value } of customerRows) table.set(key as string, JSON.parse(value as string) as { NAME: string; COUNTRY: string });
  for (const record of orders) {
    const { ID, ITEM } = orderOf(record);
    const customer = table.get(record.key as string);
    if (customer) write(record.key as string, JSON.stringify({ ID, ITEM, NAME: customer.NAME, COUNTRY: customer.COUNTRY }));
  }
}

const rows: readonly { readonly name: string; readonly statement: string; readonly byHand: Process }[] = [
  {
    name: 'SQL: filter and project',
    statement: 'CREATE STREAM o AS SELECT customer, id, UCASE(item) AS name, quantity + id AS worth FROM orders WHERE quantity > 4;',
    byHand: filterByHand,
  },
  {
    name: 'SQL: windowed count',
    statement:
      'CREATE TABLE o AS SELECT customer, COUNT(*) AS orders, SUM(quantity) AS quantity FROM orders WINDOW TUMBLING (SIZE 10 SECONDS) GROUP BY customer;',
    byHand: countByHand,
  },
  {
    name: 'SQL: join of a stream with a table',
    statement:
      'CREATE STREAM o AS SELECT orders.customer AS customer, id, item, name, country FROM orders JOIN customers ON orders.customer = customers.customer;',
    byHand: joinByHand,
  },
];

function outputs(process: Process): Output[] {
  const found: Output[] = [];
  process((key, value) => found.push([key, value]));
  return found;
}

function checkSame(name: string, own: Process, byHand: Process): void {
  const [ours, theirs] = [outputs(own), outputs(byHand)];
  const at = theirs.findIndex((output, i) => output.join() !== ours[i]?.join());
  if (at >= 0 || ours.length !== theirs.length)
    throw new Error(`${name}: output ${String(at)} is ${String(ours[at])}, by hand it is ${String(theirs[at])}.`);
}

/** Rows a second of each query, beside the loop by hand. Throws where the two write different payloads. */
export function measureSql(): Figure[] {
  return rows.map(({ name, statement, byHand }) => {
    const own = ownWay(queryOf(statement));
    checkSame(name, own, byHand);
    let written = 0;
    const worked = (process: Process) => () => {
      process((_key, value) => (written += value.length));
      return records;
    };
    const [rate, peerRate] = ratesInTurn([worked(own), worked(byHand)], 8);
    if (written === 0) throw new Error(`${name}: nothing was written.`);
    return {
      ...{ name, value: rate / 1e6, unit: 'M rows/s', peer: { name: 'a loop by hand, same JSON', value: peerRate / 1e6 } },
      ...{
        floor: 1 / 3,
        aim: 0.5,
        moreIsBetter: true,
        note: 'JSON texts read, the query’s own work, JSON texts written; both write the same',
      },
    };
  });
}
