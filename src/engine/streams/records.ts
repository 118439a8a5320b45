/** Records of a run's topics as a topology reads them. */
import type { SourceRecord } from '../../sql/operators/row.ts';
import { storedRecordOf, valueText } from '../values/reader.ts';
import type { RecordIdentity } from '../values/recordIdentity.ts';
import { sourceOf } from '../values/paths.ts';
import { storedRecord } from '../values/storedValues.ts';
import { keyText } from '../workload/keys.ts';
import type { StreamsProgram } from './program.ts';
import type { StreamsNodeState } from './state.ts';

/** A record of a source's topic: what was kept of it where it came from stream processing, else its texts. */
export function sourceRecord({ reader, headers }: StreamsProgram, record: RecordIdentity): SourceRecord {
  const stored = storedRecordOf(reader, record);
  const isOwnKey = stored !== null && stored.keyId === record.key;
  const text = (): string | null => (record.key < 0 ? null : keyText(reader.keys, record.key));
  return {
    key: isOwnKey ? stored.key : text(),
    window: isOwnKey ? stored.window : null,
    value: record.size < 0 ? null : stored !== null ? stored.value : valueText(reader, record),
    timestampMs: Math.floor(record.timestampUs / 1000),
    headers: stored !== null ? stored.headers : (headers[sourceOf(reader.paths, record.path)] ?? []),
    partition: record.partition,
    offset: record.offset,
  };
}

/** What an internal topic's record holds; null where it is no longer kept. */
export function internalJson({ internal }: StreamsNodeState, sequence: number): unknown {
  const value = storedRecord(internal, sequence)?.value ?? null;
  return typeof value === 'string' ? (JSON.parse(value) as unknown) : null;
}
