/** A node's own topology run over a few records in the editor, apart from the run on screen: for trying what order and time do to it. */
import type { SourceRecord, TopicRecord } from '../../sql/operators/row.ts';
import type { Run, Topology, TopologyState } from '../../sql/operators/topology.ts';

/** A record of a source topic, in the order of arrival. */
export interface TriedRecord extends SourceRecord {
  /** What it is known by while it is dragged. */
  readonly id: string;
  readonly topic: string;
}

/** What one record did. */
export interface TriedStep {
  readonly record: TriedRecord;
  readonly written: readonly (TopicRecord & { readonly topic: string })[];
  /** What the processing log says of it. */
  readonly logs: readonly string[];
  /** The latest event time that a windowed operator has seen after it; -1 before any. */
  readonly streamTimeMs: number;
  /** Whether all windows it belongs to, or some of them, had closed. */
  readonly late: 'no' | 'partly' | 'wholly';
}

export interface Tried {
  readonly steps: readonly TriedStep[];
  /** Stores as they are after the last record. */
  readonly state: TopologyState;
}

/** What an operator says of a record whose window is closed (KStreamWindowAggregate). */
const expired = 'Skipping record for expired window.';
/** Long enough that what waits for the clock is never held back: only the records' times decide. */
const clockStepMs = 3_600_000;

/** Operators keep the time of their stream with what they remember; the latest of them. */
function streamTimeOf(state: TopologyState): number {
  const parts: readonly unknown[] = state.memories;
  return parts.reduce<number>((latest, part) => {
    const time = typeof part === 'object' && part !== null ? (part as { readonly streamTimeMs?: unknown }).streamTimeMs : undefined;
    return typeof time === 'number' ? Math.max(latest, time) : latest;
  }, -1);
}

function lateness(logs: readonly string[], windows: number): TriedStep['late'] {
  const skipped = logs.filter((message) => message.startsWith(expired)).length;
  return skipped === 0 ? 'no' : skipped < windows ? 'partly' : 'wholly';
}

/**
 * Runs records through a topology with a state of its own.
 * @param windowsOf how many windows a time belongs to; 1 where the query has no hopping windows
 */
export function tryRecords(topology: Topology, records: readonly TriedRecord[], windowsOf: (timestampMs: number) => number): Tried {
  const state = topology.initialState();
  let latestMs = -1;
  const steps = records.map((record, at): TriedStep => {
    const written: (TopicRecord & { readonly topic: string })[] = [];
    const logs: string[] = [];
    const run: Run = {
      state,
      wallClockMs: (at + 1) * clockStepMs,
      write: (topic, one) => void written.push({ ...one, topic }),
      log: (message) => void logs.push(message),
      random: () => 0.5,
      now: () => record.timestampMs,
    };
    const { topic, timestampMs } = record;
    topology.process(topic, record, run);
    latestMs = Math.max(latestMs, timestampMs);
    const known = streamTimeOf(state);
    return { record, written, logs, streamTimeMs: known < 0 ? latestMs : known, late: lateness(logs, windowsOf(timestampMs)) };
  });
  return { steps, state };
}
