/** A batch's bytes, field by field: where each stands, what it says and what it is for (DefaultRecordBatch, DefaultRecord). */
import { getInt64 } from '../log/byteSink.ts';
import { BatchAttribute, compressionCodecs } from '../log/recordBatch.ts';
import { batchHeaderBytes } from '../log/recordSize.ts';
import { recordFields } from './recordFields.ts';
import type { BitField, ByteField } from './segmentView.ts';

/** Fields of an intact batch, in the order of their bytes. Records that are compressed are one field. */
export function batchFields(bytes: Uint8Array): ByteField[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const fields = headerFields(view);
  const codec = codecOf(view);
  const rest = bytes.length - batchHeaderBytes;
  if (rest === 0) return fields;
  if (codec === 'none') return [...fields, ...recordFields(bytes, batchHeaderBytes, contextOf(view))];
  const compressed: ByteField = {
    name: 'records',
    from: batchHeaderBytes,
    length: rest,
    value: `${rest} bytes of ${codec}`,
    meaning: `All records of the batch, compressed together by the producer with ${codec}; the broker keeps them as they come, and the consumer unpacks them.`,
    part: 'header',
    kind: 'compressed',
    type: codec,
  };
  return [...fields, compressed];
}

/** Fields of a batch's records before compression: `records` holds nothing else, `batch` is the batch as it is stored. */
export function unpackedFields(records: Uint8Array, batch: Uint8Array): ByteField[] {
  return recordFields(records, 0, contextOf(new DataView(batch.buffer, batch.byteOffset, batch.length)));
}

function codecOf(view: DataView): string {
  return compressionCodecs[view.getInt16(21) & BatchAttribute.compressionMask] ?? 'unknown';
}

function contextOf(view: DataView) {
  const attributes = view.getInt16(21);
  return {
    baseOffset: getInt64(view, 0),
    baseTimestampMs: getInt64(view, 27),
    baseSequence: view.getInt32(53),
    control: (attributes & BatchAttribute.control) !== 0,
    logAppendTime: (attributes & BatchAttribute.logAppendTime) !== 0,
  };
}

/** Virtual time in words: `12.345 s after the start of the run`. */
function moment(ms: number): string {
  return ms < 0 ? 'no timestamp' : `${ms / 1000} s after the start of the run`;
}

type Row = readonly [name: string, from: number, length: number, type: string, value: string, meaning: string];

function headerFields(view: DataView): ByteField[] {
  const sizeBytes = view.getInt32(8) + 12;
  const baseOffset = getInt64(view, 0);
  const lastOffsetDelta = view.getInt32(23);
  const attributes = view.getInt16(21);
  const records = view.getInt32(57);
  const crc = view.getUint32(17).toString(16).padStart(8, '0');
  const rows: Row[] = [
    [
      'baseOffset',
      0,
      8,
      'int64',
      String(baseOffset),
      'Offset of the first record. The broker writes it when it appends; the producer sent 0.',
    ],
    ['batchLength', 8, 4, 'int32', String(sizeBytes - 12), `Bytes that follow this field: the whole batch has 12 more, ${sizeBytes}.`],
    ['partitionLeaderEpoch', 12, 4, 'int32', String(view.getInt32(12)), epochMeaning(view.getInt32(12))],
    ['magic', 16, 1, 'int8', String(view.getInt8(16)), 'Version of the format: 2 since Kafka 0.11, the only one Kafka 4 writes.'],
    [
      'crc',
      17,
      4,
      'uint32',
      `0x${crc}`,
      'CRC-32C of everything from the attributes to the end. What stands before it, the broker may change without computing it anew.',
    ],
    ['attributes', 21, 2, 'int16', attributes.toString(2).padStart(7, '0'), 'Seven bits in use, each for something of the whole batch.'],
    [
      'lastOffsetDelta',
      23,
      4,
      'int32',
      String(lastOffsetDelta),
      `Last offset minus the first: the batch ends at ${baseOffset + lastOffsetDelta}. It stays when compaction takes the last records out.`,
    ],
    timestampRow(view, attributes),
    ['maxTimestamp', 35, 8, 'int64', String(getInt64(view, 35)), `Largest timestamp of its records: ${moment(getInt64(view, 35))}.`],
    ...producerRows(view, attributes),
    ['recordsCount', 57, 4, 'int32', String(records), recordsMeaning(records, lastOffsetDelta)],
  ];
  return rows.map(([name, from, length, type, value, meaning]): ByteField => {
    const field: ByteField = { name, from, length, type, value, meaning, part: 'header', kind: 'batch' };
    return name === 'attributes' ? { ...field, bits: attributeBits(attributes) } : field;
  });
}

function epochMeaning(epoch: number): string {
  return `Epoch of the leader that appended it, written by the broker. After a failover, replicas compare epochs to find where their logs part.${
    epoch < 0 ? ' -1: not known.' : ''
  }`;
}

function timestampRow(view: DataView, attributes: number): Row {
  const value = getInt64(view, 27);
  const meaning =
    (attributes & BatchAttribute.deleteHorizon) !== 0
      ? 'Delete horizon: the cleaner may take tombstones and markers out of this batch after this moment.'
      : `What the records' timestamps are counted from: ${moment(value)}.`;
  return ['baseTimestamp', 27, 8, 'int64', String(value), meaning];
}

function producerRows(view: DataView, attributes: number): Row[] {
  const id = getInt64(view, 43);
  const epoch = view.getInt16(51);
  const sequence = view.getInt32(53);
  const none = id < 0;
  const control = (attributes & BatchAttribute.control) !== 0;
  return [
    [
      'producerId',
      43,
      8,
      'int64',
      String(id),
      none
        ? '-1: the producer is not idempotent.'
        : 'The producer, as the broker knows it: with its sequence numbers, a batch sent twice is found.',
    ],
    [
      'producerEpoch',
      51,
      2,
      'int16',
      String(epoch),
      none
        ? '-1: no producer id.'
        : 'Grows when the producer begins anew; batches of an older epoch are refused, so a zombie cannot write.',
    ],
    [
      'baseSequence',
      53,
      4,
      'int32',
      String(sequence),
      sequence < 0
        ? `-1: ${control ? 'a marker is written by the coordinator and takes no sequence number' : 'no sequence numbers'}.`
        : 'Sequence number of the first record. The broker takes the next batch only if it goes on where this one ends.',
    ],
  ];
}

function recordsMeaning(records: number, lastOffsetDelta: number): string {
  const gone = lastOffsetDelta + 1 - records;
  if (gone <= 0) return 'How many records follow.';
  return `How many records follow. The batch was written with ${lastOffsetDelta + 1}: compaction has taken out ${gone}, and the others kept their offsets.`;
}

function attributeBits(attributes: number): BitField[] {
  const codec = attributes & BatchAttribute.compressionMask;
  const flag = (mask: number) => ((attributes & mask) === 0 ? '0' : '1');
  const says = (mask: number, set: string, clear: string) => ((attributes & mask) === 0 ? clear : set);
  const { logAppendTime, transactional, control, deleteHorizon } = BatchAttribute;
  return [
    { bits: '0–2', name: 'compression', value: String(codec), meaning: `Codec ${compressionCodecs[codec] ?? 'unknown'}.` },
    {
      bits: '3',
      name: 'timestampType',
      value: flag(logAppendTime),
      meaning: says(logAppendTime, "LogAppendTime: the broker's clock.", "CreateTime: the producer's clock."),
    },
    {
      bits: '4',
      name: 'isTransactional',
      value: flag(transactional),
      meaning: says(transactional, 'Part of a transaction.', 'Not part of a transaction.'),
    },
    {
      bits: '5',
      name: 'isControlBatch',
      value: flag(control),
      meaning: says(control, 'A marker that ends a transaction; no consumer is given it.', 'Records of data.'),
    },
    {
      bits: '6',
      name: 'hasDeleteHorizonMs',
      value: flag(deleteHorizon),
      meaning: says(deleteHorizon, 'baseTimestamp holds the delete horizon.', 'No delete horizon.'),
    },
  ];
}
