/** Statements planned and run over JSON texts, for tests. */
import { builtInFunctions } from '../functions/builtIn.ts';
import type { TopicRecord } from '../operators/row.ts';
import type { Run } from '../operators/topology.ts';
import { emptyState } from '../operators/topology.ts';
import { parseStatements, prepareStatement } from '../syntax/parse.ts';
import { bindFunctions } from './boundFunctions.ts';
import { planConfig } from './planConfig.ts';
import { Planner } from './planner.ts';

/** A record as a test writes it: topic, JSON of the key, JSON of the value, time. */
export type Given = readonly [topic: string, key: string | null, value: string | null, timestampMs: number];

/** Executes statements under some settings; `feed` runs the records through all queries, in the order in which these were made, and returns a topic's texts. */
export function planned(text: string, settings: Readonly<Record<string, string>> = {}) {
  const topics = new Map<string, TopicRecord[]>();
  const logs: string[] = [];
  const write = (topic: string, record: TopicRecord) => void topics.set(topic, [...(topics.get(topic) ?? []), record]);
  const run: Run = {
    state: emptyState(),
    wallClockMs: 0,
    write,
    log: (message) => logs.push(message),
    random: () => 0,
    now: () => 0,
  };
  const planner = new Planner({
    functions: (types) => bindFunctions(builtInFunctions, types),
    parseTimestamp: (one) => Number(one),
    insert: write,
    run,
  });
  for (const parsed of parseStatements(text)) planner.execute(prepareStatement(parsed), planConfig(settings));
  const feed = (topic: string, ...records: readonly Given[]): string[] => {
    for (const query of planner.queries) {
      const running = { ...run, state: query.topology.initialState() };
      records
        .filter(([name]) => query.sourceTopics.includes(name))
        .forEach(([name, key, value, timestampMs], offset) =>
          query.topology.process(name, { key, value, timestampMs, window: null, headers: [], partition: 0, offset }, running),
        );
      for (const name of query.sourceTopics)
        if (!records.some(([one]) => one === name))
          (topics.get(name) ?? []).forEach((record, offset) => query.topology.process(name, { ...record, partition: 0, offset }, running));
    }
    return (topics.get(topic) ?? []).map(({ key, value, timestampMs, window }) => {
      const bounds = window ? `[${String(window.startMs)},${String(window.endMs)})` : '';
      return `${String(key)}${bounds} ${String(value)} @${String(timestampMs)}`;
    });
  };
  return { planner, feed, logs, topics };
}
