/** The topics of one case: what is in them, and how their records are written down in cases (`TopicInfoCache`, `SerdeUtil`). */
import { formatOf } from '../../src/sql/formats/format.ts';
import { jsonNode } from '../../src/sql/formats/json.ts';
import type { JsonNode } from '../../src/sql/formats/jsonText.ts';
import { isJsonNumber, jsonText, parseJson } from '../../src/sql/formats/jsonText.ts';
import type { Column, Payload } from '../../src/sql/formats/serde.ts';
import { payloadText } from '../../src/sql/formats/serde.ts';
import type { TopicRecord } from '../../src/sql/operators/row.ts';
import type { Catalogue, DataSource, SideFormat } from '../../src/sql/plan/catalogue.ts';
import { serdeOf } from '../../src/sql/plan/catalogue.ts';
import type { CaseRecord, KsqlCase } from './cases.ts';
import { matches } from './compare.ts';
import { kafkaNode } from './kafkaNode.ts';
import { bareProtobuf, schemaNode, schemaPayload } from './schemaNodes.ts';

/** One side of a record as it stands in a topic. */
function payloadOf(node: JsonNode, { format, schema }: SideFormat, columns: readonly Column[]): Payload {
  if (node === null || format === 'NONE') return null;
  if (format === 'JSON') return jsonText(node);
  if (format === 'PROTOBUF_NOSR') return bareProtobuf.write(node, columns, schema);
  if (formatOf(format)!.schemaType !== null) return schemaPayload(node, schema!);
  if (format === 'DELIMITED') return typeof node === 'string' ? node : isJsonNumber(node) ? node.number : jsonText(node);
  // A key that no column is for.
  return columns.length === 0 ? jsonText(node) : kafkaNode.write(node, columns);
}

/** One side of a record as expectations name it. */
function nodeOf(payload: Payload, side: SideFormat, columns: readonly Column[]): JsonNode {
  if (payload === null || side.format === 'NONE') return null;
  if (side.format === 'JSON') return parseJson(payloadText(payload));
  if (side.format === 'PROTOBUF_NOSR') return bareProtobuf.read(payload, columns, side.schema);
  if (formatOf(side.format)!.schemaType !== null) return schemaNode(payload as Uint8Array, side.schema!);
  if (side.format === 'DELIMITED') return payloadText(payload);
  const [value] = serdeOf(side, columns).deserialise(payload) ?? [null];
  return jsonNode(value ?? null, columns[0]!.type);
}

export class CaseTopics {
  private readonly topics: Map<string, TopicRecord[]>;
  /** The last source of each topic, also of those that were dropped. */
  private readonly formats = new Map<string, DataSource>();

  /** @param topics the records of each topic, where others write them too */
  constructor(topics = new Map<string, TopicRecord[]>()) {
    this.topics = topics;
  }

  /** Takes note of the sources that there are now. */
  note({ sources }: Catalogue): void {
    for (const source of sources.values()) this.formats.set(source.topic, source);
  }

  /** The records of a topic. */
  of(name: string): TopicRecord[] {
    const records = this.topics.get(name) ?? [];
    this.topics.set(name, records);
    return records;
  }

  /** An input as a record; null where no source says how its topic is written. */
  recordOf({ topic, key, value, timestampMs, window, headers }: CaseRecord): TopicRecord | null {
    const source = this.formats.get(topic);
    if (!source) return null;
    return {
      key: payloadOf(key, source.keyFormat, source.schema.key),
      value: payloadOf(value, source.valueFormat, source.schema.value),
      ...{ timestampMs: timestampMs ?? 0, window, headers },
    };
  }

  /** What is wrong with the topics that a case names; null where nothing is. */
  mismatch({ outputs, properties }: KsqlCase): string | null {
    const isExact = properties['use.exact.numeric.comparison'] !== 'false';
    for (const topic of new Set(outputs.map((output) => output.topic))) {
      const expected = outputs.filter((output) => output.topic === topic);
      const source = this.formats.get(topic);
      if (!source) return `no source writes topic ${topic}`;
      const actual = this.of(topic).map((record) => shown(record, source));
      const at = expected.findIndex((one, i) => !actual[i] || !sameRecord(one, actual[i], isExact));
      if (at >= 0 || expected.length !== actual.length) {
        const index = at < 0 ? expected.length : at;
        const counts = expected.length === actual.length ? '' : ` (${String(expected.length)} expected, ${String(actual.length)} there)`;
        return `${topic} record ${String(index)}${counts}\n    expected ${recordText(expected[index])}\n    found    ${recordText(actual[index])}`;
      }
    }
    return null;
  }
}

function shown(record: TopicRecord, source: DataSource): CaseRecord {
  return {
    topic: source.topic,
    key: nodeOf(record.key, source.keyFormat, source.schema.key),
    value: nodeOf(record.value, source.valueFormat, source.schema.value),
    ...{ timestampMs: record.timestampMs, window: record.window, headers: record.headers },
  };
}

function sameRecord(expected: CaseRecord, actual: CaseRecord, isExact: boolean): boolean {
  if (expected.timestampMs !== null && expected.timestampMs !== actual.timestampMs) return false;
  if (JSON.stringify(expected.headers) !== JSON.stringify(actual.headers)) return false;
  const [wanted, found] = [expected.window, actual.window];
  if ((wanted === null) !== (found === null)) return false;
  if (wanted && found && (wanted.startMs !== found.startMs || wanted.endMs !== found.endMs || wanted.kind !== found.kind)) return false;
  return matches(expected.key, actual.key, isExact) && matches(expected.value, actual.value, isExact);
}

function recordText(record: CaseRecord | undefined): string {
  if (!record) return 'nothing';
  const window = record.window ? ` [${String(record.window.startMs)}, ${String(record.window.endMs)}) ${record.window.kind}` : '';
  const headers = record.headers.length > 0 ? ` headers ${JSON.stringify(record.headers)}` : '';
  return `${jsonText(record.key)}${window} ${jsonText(record.value)} at ${String(record.timestampMs)}${headers}`;
}
