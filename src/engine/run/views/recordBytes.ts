/** A run's records as the bytes a real log would hold: what the files of a partition are written from. */
import type { ResolveRecord } from '../../log/encodeBatch.ts';
import type { RecordHeader } from '../../log/recordBatch.ts';
import { notBeforeUs } from '../../process/dueRecords.ts';
import { type FailureHeader, failureHeaders } from '../../producer/failureHeaders.ts';
import { hasFailed } from '../../values/failurePaths.ts';
import { sourceOf } from '../../values/paths.ts';
import { valueText } from '../../values/reader.ts';
import type { RecordIdentity } from '../../values/recordIdentity.ts';
import { recordHeaders } from '../../workload/headers.ts';
import { keyText } from '../../workload/keys.ts';
import type { WorkloadSettings } from '../../workload/settings.ts';
import { encodeUtf8 } from '../../workload/utf8.ts';
import type { Run } from '../build.ts';
import { coordinatorResolver, isInternal } from '../groups/coordinatorRecords.ts';

/** Half of a surrogate pair: its value's size counts it as U+FFFD, which JSON tools write for it; in keys and headers it is `?`, as Java has it. */
const loneSurrogate = /\p{Surrogate}/gu;

/** Gives the bytes of the records of one partition of a run: key and value as UTF-8, and the headers its source gave it. */
export function recordResolver(run: Run, partitionIndex: number): ResolveRecord {
  const { ctx, programs, topology } = run;
  if (isInternal(ctx, partitionIndex)) return coordinatorResolver(ctx);
  const { partition } = ctx.partitions[partitionIndex]!;
  const headers = topology.nodes.filter(({ role }) => role === 'producer').map(({ settings }) => headersOf(settings));
  const identity: RecordIdentity = { path: 0, sequence: 0, key: -1, size: 0, timestampUs: 0, partition, offset: -1 };
  return (columns, index) => {
    identity.path = columns.path[index]!;
    identity.sequence = columns.sequence[index]!;
    identity.key = columns.key[index]!;
    identity.size = columns.size[index]!;
    identity.timestampUs = columns.timestampUs[index]!;
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
