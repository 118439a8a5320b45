/** What Jepsen's checker says of histories of clients: the kinds of anomaly that Kafka's contract forbids. */
import { checkHistory } from '../src/engine/checks/checkHistory.ts';
import { strictContract } from '../src/engine/checks/contract.ts';
import { anomalyKinds } from '../src/engine/checks/findings.ts';
import type { Entry, Operation, Outcome, RecordName } from '../src/engine/checks/history.ts';
import type { ConformanceSuite } from './suite.ts';

type Send = readonly ['s', string, RecordName, number | null];
type Poll = readonly ['p', Readonly<Record<string, readonly (readonly [number | null, RecordName])[]>>];

interface FileOperation {
  readonly p: RecordName;
  readonly t: Outcome;
  readonly f: string;
  /** Micro-operations; of `assign`, `subscribe` and `seek` the partitions. */
  readonly v: readonly (Send | Poll | string)[];
  /** Partitions that were given anew meanwhile, plain or as Jepsen's log of rebalances has them. */
  readonly reb?: readonly (string | { readonly keys: readonly string[] })[];
}

interface HistoriesFile {
  readonly histories: readonly {
    readonly id: string;
    readonly title: string;
    readonly h: readonly FileOperation[];
    readonly expected_anomalies: readonly string[];
  }[];
}

function readOperation({ p, t, f, v, reb }: FileOperation): Operation {
  if (f === 'assign' || f === 'subscribe' || f === 'seek') {
    return { kind: f, process: p, outcome: t, partitions: v.map(String) };
  }
  if (f !== 'send' && f !== 'poll' && f !== 'txn')
    throw new Error(`Operation "${f}" is not known: send, poll, txn, assign, subscribe, seek are.`);
  const sends: Entry[] = [];
  const reads: Entry[] = [];
  for (const step of v) {
    if (typeof step === 'string') throw new Error(`"${step}" in a ${f} is neither a send nor a poll.`);
    if (step[0] === 's') sends.push({ partition: String(step[1]), record: step[2], offset: step[3] ?? -1 });
    else
      for (const [partition, records] of Object.entries(step[1]))
        for (const [offset, record] of records) reads.push({ partition, record, offset: offset ?? -1 });
  }
  const rebalanced = reb?.flatMap((entry) => (typeof entry === 'object' ? entry.keys.map(String) : [String(entry)]));
  return { kind: 'records', process: p, outcome: t, sends, reads, ...(rebalanced && { rebalanced }) };
}

/** Every history gets the verdict that the file gives it, to the kind. */
export const historiesSuite: ConformanceSuite = {
  file: 'histories/histories.json',
  run(data, report) {
    for (const { id, title, h, expected_anomalies } of (data as HistoriesFile).histories) {
      const { forbidden } = checkHistory(h.map(readOperation), strictContract);
      const found = anomalyKinds.filter((kind) => forbidden[kind] > 0).sort();
      report.check(`${id} ${title}`, found, [...expected_anomalies].sort());
    }
  },
};
