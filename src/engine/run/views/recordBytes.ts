/** A run's records as the bytes a real log would hold: what the files of a partition are written from. */
import { base64Bytes } from '../../../sql/types/bytes.ts';
import type { ResolveRecord } from '../../log/encodeBatch.ts';
import type { RecordHeader } from '../../log/recordBatch.ts';
import { notBeforeUs } from '../../process/dueRecords.ts';
import { type FailureHeader, failureHeaders } from '../../producer/failureHeaders.ts';
import { hasFailed } from '../../values/failurePaths.ts';
import { sourceOf } from '../../values/paths.ts';
import { storedRecordOf, valueText } from '../../values/reader.ts';
import type { RecordIdentity } from '../../values/recordIdentity.ts';
import type { StoredRecord, StoredWindow } from '../../values/storedValues.ts';
import { recordHeaders } from '../../workload/headers.ts';
import { keyText } from '../../workload/keys.ts';
import type { WorkloadSettings } from '../../workload/settings.ts';
import { encodeUtf8 } from '../../workload/utf8.ts';
import type { Run } from '../build.ts';
import { coordinatorResolver, isInternal } from '../groups/coordinatorRecords.ts';
import { rootsOf } from '../roots.ts';

/** Half of a surrogate pair: its value's size counts it as U+FFFD, which JSON tools write for it; in keys and headers it is `?`, as Java has it. */
const loneSurrogate = /\p{Surrogate}/gu;

/** Gives the bytes of the records of one partition of a run: key and value as UTF-8, and the headers its source gave it. */
export function recordResolver(run: Run, partitionIndex: number): ResolveRecord {
  const { ctx, programs, topology } = run;
  if (isInternal(ctx, partitionIndex)) return coordinatorResolver(ctx);
  const { partition } = ctx.partitions[partitionIndex]!;
  const headers = rootsOf(topology.nodes).map(({ node, kind }) => (kind === 'producer' ? headersOf(topology.nodes[node]!.settings) : []));
  const identity: RecordIdentity = { path: 0, sequence: 0, key: -1, size: 0, timestampUs: 0, partition, offset: -1 };
  return (columns, index) => {
    identity.path = columns.path[index]!;
    identity.sequence = columns.sequence[index]!;
    identity.key = columns.key[index]!;
    identity.size = columns.size[index]!;
    identity.timestampUs = columns.timestampUs[index]!;
    const stored = storedRecordOf(programs.reader, identity);
    if (stored !== null) return storedBytes(stored, identity);
    const value = valueText(programs.reader, identity);
    const ofSource = headers[sourceOf(ctx.paths, identity.path)]!;
    return {
      key: identity.key < 0 ? null : encodeUtf8(keyText(ctx.keys, identity.key)),
      value: value === null ? null : encodeUtf8(value.replace(loneSurrogate, '\ufffd')),
      headers: hasFailed(ctx.paths, identity.path)
        ? [...ofSource, ...failureHeaders(ctx, identity.path, Math.ceil(notBeforeUs(ctx, columns, index) / 1000)).map(headerBytes)]
        : ofSource,
    };
  };
}

/** What stream processing has written, as it has written it; the window of a key stands behind it (`TimeWindowedSerializer`, `SessionWindowedSerializer`). */
function storedBytes({ key, value, window, headers }: StoredRecord, { size }: RecordIdentity): ReturnType<ResolveRecord> {
  return {
    key: key === null ? null : windowedBytes(payloadBytesOf(key), window),
    value: size < 0 || value === null ? null : payloadBytesOf(value),
    headers: headers.map(({ key: name, value: text }) => ({
      key: encodeUtf8(name),
      value: text === null ? new Uint8Array(0) : base64Bytes(text),
    })),
  };
}

const payloadBytesOf = (payload: string | Uint8Array): Uint8Array => (typeof payload === 'string' ? encodeUtf8(payload) : payload);

function windowedBytes(key: Uint8Array, window: StoredWindow | null): Uint8Array {
  if (window === null) return key;
  const bytes = new Uint8Array(key.length + (window.kind === 'time' ? 8 : 16));
  bytes.set(key);
  const view = new DataView(bytes.buffer, key.length);
  if (window.kind === 'session') view.setBigInt64(0, BigInt(window.endMs));
  view.setBigInt64(bytes.length - key.length - 8, BigInt(window.startMs));
  return bytes;
}

/** Texts as UTF-8, numbers as Java writes them. */
function headerBytes({ name, value, bytes }: FailureHeader): RecordHeader {
  if (typeof value === 'string') return { key: encodeUtf8(name), value: encodeUtf8(value) };
  const number = new DataView(new ArrayBuffer(bytes));
  if (bytes === 4) number.setInt32(0, value);
  else number.setBigInt64(0, BigInt(value));
  return { key: encodeUtf8(name), value: new Uint8Array(number.buffer) };
}

/** The headers of a source as bytes. */
export function headersOf(settings: WorkloadSettings): RecordHeader[] {
  return recordHeaders(settings).map(({ name, value }) => ({ key: encodeUtf8(name), value: encodeUtf8(value) }));
}
