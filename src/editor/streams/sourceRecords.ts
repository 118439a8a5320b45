/** Records as the record browser has them, as operators take them. */
import type { Payload } from '../../sql/formats/serde.ts';
import type { RowWindow, SourceRecord } from '../../sql/operators/row.ts';
import type { Catalogue, DataSource } from '../../sql/plan/catalogue.ts';
import type { TopicRecordView } from './topicRecords.ts';

/** Payloads that are no text are shown in hexadecimal. */
function payloadOf(text: string | null): Payload {
  if (text === null || !/^0x(?:[0-9a-f]{2})+$/.test(text)) return text;
  return Uint8Array.from(text.slice(2).match(/../g)!, (byte) => Number.parseInt(byte, 16));
}

/** The key and its window, which is shown behind it. */
function keyOf(text: string | null, source: DataSource | null): { readonly key: Payload; readonly window: RowWindow | null } {
  const found = source?.window ? /^(.*)@(\d+)\/(\d+)$/s.exec(text ?? '') : null;
  if (found === null) return { key: payloadOf(text), window: null };
  const kind = source!.window!.type === 'SESSION' ? 'session' : 'time';
  return { key: payloadOf(found[1]!), window: { startMs: Number(found[2]), endMs: Number(found[3]), kind } };
}

/** The stream or table over a topic; the first where there are several. */
export const sourceOfTopic = ({ sources }: Catalogue, topic: string): DataSource | null =>
  [...sources.values()].find((source) => source.topic === topic) ?? null;

/** A record of a topic as it was read, by what is known of the topic. */
export function sourceRecord(record: TopicRecordView, source: DataSource | null): SourceRecord {
  const { partition, offset, timestampMs, headers } = record;
  // A value is padded with spaces to its size.
  const value = payloadOf(record.value?.trim() ?? null);
  return { ...keyOf(record.key, source), value, timestampMs, partition, offset, headers: headers.map(({ key }) => ({ key, value: null })) };
}
