/** One group of figures in a process of its own, printed as JSON: `node suite.mjs <group>`. */
import type { Figure } from '../figures.ts';
import { measureChecked } from './checked.ts';
import { measureEncoding } from './encoding.ts';
import { measureEventSet } from './eventSet.ts';
import { measurePipeline } from './pipeline.ts';
import { measureQueue } from './queue.ts';
import { measureSql } from './sql.ts';

const groups: Readonly<Record<string, () => Figure[] | Promise<Figure[]>>> = {
  pipeline: () => measurePipeline(0),
  singles: () => measurePipeline(1),
  wide: () => measurePipeline(2),
  replicas: () => measurePipeline(3),
  checked: measureChecked,
  encoding: measureEncoding,
  queue: measureQueue,
  sql: measureSql,
  events: measureEventSet,
};

const group = groups[process.argv[2] ?? ''];
if (group === undefined) throw new Error(`No such group of figures; there are ${Object.keys(groups).join(', ')}.`);
process.stdout.write(JSON.stringify(await group()));
