/** The records of a batch, field by field (DefaultRecord). */
import type { VarintCursor } from '../log/varint.ts';
import { readVarlong } from '../log/varint.ts';
import type { ByteField, FieldKind } from './segmentView.ts';
import { textOf } from './text.ts';

export interface RecordContext {
  readonly baseOffset: number;
  readonly baseTimestampMs: number;
  /** -1: none. */
  readonly baseSequence: number;
  readonly control: boolean;
  readonly logAppendTime: boolean;
}

/** Characters of a key or value that are shown as text. */
const charactersMax = 400;

interface Reading {
  readonly bytes: Uint8Array;
  readonly cursor: VarintCursor;
  readonly fields: ByteField[];
  record: number;
}

/** The fields of the records that fill `bytes` from `from` on. */
export function recordFields(bytes: Uint8Array, from: number, context: RecordContext): ByteField[] {
  const reading: Reading = { bytes, cursor: { position: from }, fields: [], record: 0 };
  for (; reading.cursor.position < bytes.length; reading.record++) readRecord(reading, context);
  return reading.fields;
}

function readRecord(reading: Reading, context: RecordContext): void {
  varint(reading, 'length', 'record', (length) => `Bytes of the record after this field: ${length}.`);
  plain(reading, 'attributes', 1, {
    kind: 'record',
    type: 'int8',
    value: '0',
    meaning: 'No bit is in use yet: what there is to say, the batch says.',
  });
  varint(reading, 'timestampDelta', 'record', (delta) => timestampMeaning(delta, context));
  varint(reading, 'offsetDelta', 'record', (delta) => offsetMeaning(delta, context));
  const keyLength = varint(reading, 'keyLength', 'record', (length) => lengthMeaning('key', length));
  if (keyLength > 0) content(reading, 'key', keyLength, context);
  const valueLength = varint(reading, 'valueLength', 'record', (length) => lengthMeaning('value', length));
  if (valueLength > 0) content(reading, 'value', valueLength, context);
  const headers = varint(reading, 'headersCount', 'headers', (count) =>
    count === 0 ? 'No headers.' : 'Headers that follow: each a name and a value.',
  );
  for (let header = 0; header < headers; header++) {
    const nameLength = varint(reading, 'headerKeyLength', 'headers', (length) => lengthMeaning('name of the header', length));
    if (nameLength > 0) text(reading, 'headerKey', nameLength, 'headers', 'Name of the header.');
    const length = varint(reading, 'headerValueLength', 'headers', (bytes) => lengthMeaning('value of the header', bytes));
    if (length > 0) text(reading, 'headerValue', length, 'headers', 'Value of the header.');
  }
}

function timestampMeaning(delta: number, { baseTimestampMs, logAppendTime }: RecordContext): string {
  if (logAppendTime) return "Milliseconds after the base timestamp, as the producer sent it; the batch's largest timestamp counts instead.";
  return `Milliseconds after the base timestamp: the record is of ${(baseTimestampMs + delta) / 1000} s after the start of the run.`;
}

function offsetMeaning(delta: number, { baseOffset, baseSequence }: RecordContext): string {
  const sequence = baseSequence < 0 ? '' : `, its sequence number ${(baseSequence + delta) % 2147483648}`;
  return `Offset minus the batch's first one: the record's offset is ${baseOffset + delta}${sequence}.`;
}

function lengthMeaning(what: string, length: number): string {
  if (length < 0) return `-1: the ${what} is null.`;
  return length === 0 ? `The ${what} is empty.` : `Bytes of the ${what}.`;
}

/** A field of `length` plain bytes. */
function plain(
  { bytes, cursor, fields, record }: Reading,
  name: string,
  length: number,
  says: { readonly kind: FieldKind; readonly type: string; readonly value: string; readonly meaning: string },
): void {
  if (cursor.position + length > bytes.length) throw new RangeError(`${name} of record ${record} runs past the batch`);
  fields.push({ name, from: cursor.position, length, part: record, ...says });
  cursor.position += length;
}

/** A variable-length number, explained with its bytes. */
function varint(reading: Reading, name: string, kind: FieldKind, meaning: (value: number) => string): number {
  const { bytes, cursor, fields, record } = reading;
  const from = cursor.position;
  const value = readVarlong(bytes, cursor);
  const length = cursor.position - from;
  const type = name === 'timestampDelta' ? 'varlong' : 'varint';
  fields.push({ name, from, length, value: String(value), meaning: meaning(value), part: record, kind, type });
  return value;
}

function content(reading: Reading, name: 'key' | 'value', length: number, { control }: RecordContext): void {
  if (!control) return text(reading, name, length, name, name === 'key' ? keyMeaning : valueMeaning);
  const { bytes, cursor } = reading;
  const view = new DataView(bytes.buffer, bytes.byteOffset + cursor.position, length);
  const version = { kind: name, type: 'int16', value: String(view.getInt16(0)), meaning: 'Version of the marker.' } as const;
  if (name === 'key') {
    const type = view.getInt16(2);
    plain(reading, 'version', 2, version);
    plain(reading, 'type', 2, {
      kind: 'key',
      type: 'int16',
      value: String(type),
      meaning: type === 0 ? '0, ABORT: readers of committed records leave the transaction out.' : '1, COMMIT: the transaction counts.',
    });
    return;
  }
  const epoch = view.getInt32(2);
  plain(reading, 'version', 2, version);
  plain(reading, 'coordinatorEpoch', 4, {
    kind: 'value',
    type: 'int32',
    value: String(epoch),
    meaning: 'Epoch of the transaction coordinator that wrote the marker; one of an older epoch is refused.',
  });
}

const keyMeaning = 'The key. Records of one key are in one partition, in order; compaction keeps the last one of each.';
const valueMeaning = 'The value, as the producer serialized it. The broker never looks into it.';

function text(reading: Reading, name: string, length: number, kind: FieldKind, meaning: string): void {
  const { bytes, cursor } = reading;
  plain(reading, name, length, {
    kind,
    type: '',
    value: textOf(bytes.subarray(cursor.position, cursor.position + length), charactersMax),
    meaning,
  });
}
