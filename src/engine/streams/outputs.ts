/** From what a topology has made to records for the producer: keys by id, values kept by number, partitions by Kafka's hash of the key's bytes. */
import { utf8Bytes } from '../../pipeline/templates/json.ts';
import { plainJson } from '../../sql/operators/plainJson.ts';
import type { TopicRecord } from '../../sql/operators/row.ts';
import { keepRecord, type StoredPayload, storedText, type StoredWindow } from '../values/storedValues.ts';
import { internEncodedKey, internKey, keyHash, keySize, type KeyTable } from '../workload/keys.ts';
import { murmur2, toPositive } from '../workload/murmur2.ts';
import type { StreamsLayout } from './program.ts';
import type { PendingOutput, StreamsNodeState, StreamTask } from './state.ts';
import type { Made } from './taskRun.ts';

/** Bytes of a payload in the log; -1 for none. */
const payloadSize = (payload: StoredPayload): number =>
  payload === null ? -1 : typeof payload === 'string' ? utf8Bytes(payload) : payload.length;

/** Bytes as characters, one each: equal for equal bytes. */
function bytesIdentity(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** Bytes of a key as people read them: those of Kafka's serializers of whole numbers as the number, others in hexadecimal. */
function bytesText(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length === 4) return String(view.getInt32(0));
  return bytes.length === 8 ? view.getBigInt64(0).toString() : storedText(bytes);
}

interface Key {
  readonly id: number;
  /** `toPositive(murmur2(bytes))` of the key without its window; -1 for no key. */
  readonly hash: number;
}

const noKey: Key = { id: -1, hash: -1 };

/** A key in the key table. A windowed key has the start behind it, one of a session both ends (`TimeWindowedSerializer`, `SessionWindowedSerializer`); its partition is that of the key alone (`WindowedStreamPartitioner`). */
export function keyOf(keys: KeyTable, payload: StoredPayload, window: StoredWindow | null): Key {
  if (payload === null) return noKey;
  if (typeof payload === 'string') {
    const id = internKey(keys, payload);
    return withWindow(keys, { id, hash: keyHash(keys, id), text: payload, size: keySize(keys, id), identity: `t${payload}` }, window);
  }
  const hash = toPositive(murmur2(payload));
  const identity = `b${bytesIdentity(payload)}`;
  const text = bytesText(payload);
  const id = internEncodedKey(keys, identity, { text, size: payload.length, hash });
  return withWindow(keys, { id, hash, text, size: payload.length, identity }, window);
}

interface PlainKey extends Key {
  readonly text: string;
  readonly size: number;
  readonly identity: string;
}

function withWindow(keys: KeyTable, { id, hash, text, size, identity }: PlainKey, window: StoredWindow | null): Key {
  if (window === null) return { id, hash };
  const { startMs, endMs, kind } = window;
  const ends = kind === 'time' ? `${startMs}` : `${startMs}/${endMs}`;
  const windowed = { text: `${text}@${startMs}/${endMs}`, size: size + (kind === 'time' ? 8 : 16), hash };
  return { id: internEncodedKey(keys, `w${ends}/${kind}/${identity}`, windowed), hash };
}

export interface Making {
  readonly keys: KeyTable;
  readonly node: StreamsNodeState;
  readonly layout: StreamsLayout;
  readonly task: StreamTask;
  /** Time of the record that led to it. */
  readonly timestampUs: number;
}

/** A record for the producer; null for a change of a store that has no changelog. */
export function outputOf(making: Making, made: Made): PendingOutput | null {
  switch (made.kind) {
    case 'result':
      return resultOf(making, made.topic, made.record);
    case 'repartition': {
      const { layout, keys, node } = making;
      const channel = layout.topology.channels[made.channel]!;
      const payload = channel.partitionKey(made.record);
      const { id, hash } = keyOf(keys, payload, null);
      const value = JSON.stringify(channel.encode(made.record));
      const sequence = keepRecord(node.internal, { key: payload, keyId: id, value, window: null, headers: [] });
      const topic = layout.channels[made.channel]!;
      const partition = channel.partition(made.record);
      const timestampUs = made.record.timestampMs * 1000;
      return internalOutput(node, { topic, key: id, hash: partition ?? hash, size: utf8Bytes(value), timestampUs, sequence });
    }
    case 'change':
      return changeOf(making, made);
  }
}

function resultOf({ keys, node, layout }: Making, topic: string, { key, value, window, headers, timestampMs }: TopicRecord): PendingOutput {
  const { id, hash } = keyOf(keys, key, window);
  const sequence = keepRecord(node.results, { key, keyId: id, value, window, headers });
  const size = payloadSize(value);
  return {
    ...{ topic: layout.sinks.get(topic)!, key: id, hash, size, timestampUs: timestampMs * 1000 },
    ...{ sequence, path: node.resultsPath, isResult: true },
  };
}

/** A record of a changelog: the entry's id is its key, in the partition of its task. */
function changeOf(
  { keys, node, layout, task, timestampUs }: Making,
  { store, id, value }: Extract<Made, { kind: 'change' }>,
): PendingOutput | null {
  const topic = layout.changelogs[store]!;
  if (topic < 0 || layout.isSource[store] === true) return null;
  const key = internKey(keys, id);
  const text = value === null ? null : JSON.stringify(plainJson(value));
  const sequence = keepRecord(node.internal, { key: id, keyId: key, value: text, window: null, headers: [] });
  return internalOutput(node, { topic, key, hash: task.partition, size: payloadSize(text), timestampUs, sequence });
}

const internalOutput = (node: StreamsNodeState, output: Omit<PendingOutput, 'path' | 'isResult'>): PendingOutput => ({
  ...output,
  path: node.internalPath,
  isResult: false,
});
