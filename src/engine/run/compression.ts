/** How far the batches of a producer shrink: measured with gzip over the records it will send, or taken from published figures. Worked out once, before a run. */
import { createByteSink, writtenBytes } from '../log/byteSink.ts';
import { type CompressionCodec, compressionCodecs, type RecordBytes, writeRecord } from '../log/recordBatch.ts';
import {
  type CompressedSizes,
  type ProducerCompression,
  scaledSizes,
  sizesOfRatio,
  type StoredCompression,
} from '../producer/compression.ts';
import { createStreams } from '../streams/state.ts';
import { createPathTable } from '../values/paths.ts';
import { valueText } from '../values/reader.ts';
import { createWorkload, drawChunk } from '../workload/arrivals.ts';
import { createKeyTable, keyText } from '../workload/keys.ts';
import { encodeUtf8 } from '../workload/utf8.ts';
import { numberOf, textOf } from './configs.ts';
import { compilePrograms, templateSizeOf } from './programs.ts';
import { headersOf } from './views/recordBytes.ts';
import { topicsWritten, type Topology, type TopologyNode } from './topology.ts';

/**
 * zstd's own comparison of compressors on the Silesia corpus (lzbench on a Core i7-9700K, facebook.github.io/zstd): plain by compressed size at the fastest level, and the speed of
 * one thread in bytes per microsecond. gzip is zlib there.
 */
const published: Readonly<
  Record<Exclude<CompressionCodec, 'none'>, { readonly ratio: number; readonly packs: number; readonly unpacks: number }>
> = {
  gzip: { ratio: 2.743, packs: 95, unpacks: 400 },
  snappy: { ratio: 2.073, packs: 530, unpacks: 1660 },
  lz4: { ratio: 2.101, packs: 700, unpacks: 4000 },
  zstd: { ratio: 2.887, packs: 510, unpacks: 1580 },
};

/** Where the figures above stand. */
export const publishedSource = 'sizes and speeds relative to zlib on the Silesia corpus, facebook.github.io/zstd';

/** Records a sample has at most, and the bytes after which it is enough: more than a full batch of the largest size in use. */
const sampleRecordsMax = 4096;
const sampleBytesMin = 16_384;
const sampleBytesMax = 524_288;

/** A node's compression, or null when neither it nor a topic it writes to compresses anything. */
export function compressionOf(
  topology: Topology,
  { settings, role, index, outputs, streams }: TopologyNode,
  seed: number,
): ProducerCompression | null {
  if (role !== 'producer' && role !== 'processor') return null;
  const own = codecNamed(textOf(settings, 'compression.type'));
  const topics = topicsWritten({ outputs, streams }).map((topic) =>
    codecNamed(textOf(topology.topics[topic]!.settings, 'compression.type'), own),
  );
  if (own === 'none' && topics.every((codec) => codec === own)) return null;
  const ratio = numberOf(settings, 'compression.ratio');
  const measured = ratio > 0 ? null : measure(topology, index, { seed, batchBytes: numberOf(settings, 'batch.size') });
  const sizesOf = (codec: CompressionCodec): CompressedSizes | null => {
    if (codec === 'none') return null;
    if (ratio > 0) return sizesOfRatio(ratio);
    return measured === null
      ? sizesOfRatio(1 / published[codec].ratio)
      : scaledSizes(measured, published.gzip.ratio / published[codec].ratio);
  };
  const hasHandlerTime = numberOf(topology.cluster, 'request.handler.ms') > 0;
  const packs = (codec: CompressionCodec): number => (codec === 'none' || !hasHandlerTime ? 0 : 1 / published[codec].packs);
  return {
    codec: compressionCodecs.indexOf(own),
    sizes: sizesOf(own),
    handlerUsPerByte: own === 'none' || !hasHandlerTime ? 0 : 1 / published[own].unpacks,
    stored: topics.map((codec): StoredCompression | null =>
      codec === own ? null : { codec: compressionCodecs.indexOf(codec), sizes: sizesOf(codec), handlerUsPerByte: packs(codec) },
    ),
    basis:
      ratio > 0
        ? 'set'
        : measured !== null && [own, ...topics].every((codec) => codec === 'none' || codec === 'gzip')
          ? 'measured'
          : 'assumed',
  };
}

/** A topic's `producer` keeps what it is sent; Kafka's word for none is `uncompressed` there. */
function codecNamed(name: string, sent: CompressionCodec = 'none'): CompressionCodec {
  if (name === 'producer') return sent;
  return compressionCodecs.find((codec) => codec === name) ?? 'none';
}

/** The source whose records a node sends: itself, or the first one upstream. */
function sourceOf(topology: Topology, index: number): TopologyNode | null {
  const seen = new Set<number>();
  const queue = [index];
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    const node = topology.nodes[at]!;
    if (node.role === 'producer') return node;
    if (seen.has(at)) continue;
    seen.add(at);
    for (const writer of topology.nodes) {
      if (writer.role !== 'topic' && writer.outputs.some((topics) => topics.some((topic) => node.inputs.includes(topic))))
        queue.push(writer.index);
    }
  }
  return null;
}

/** The first records of the node's source in one, two, four … of a batch, each through gzip. Null without gzip, and for values that carry no information. */
function measure(
  topology: Topology,
  index: number,
  options: { readonly seed: number; readonly batchBytes: number },
): CompressedSizes | null {
  const source = sourceOf(topology, index);
  if (topology.gzip === null || source === null) return null;
  const wanted = Math.min(sampleBytesMax, Math.max(sampleBytesMin, options.batchBytes * 8));
  const records = sampleOf(topology, source, { seed: options.seed, bytesMax: wanted });
  if (records === null) return null;
  const plain = [0];
  const compressed = [topology.gzip(new Uint8Array(0)).length];
  for (let count = 1; ; count = Math.min(count * 2, records.length)) {
    const bytes = encoded(records.slice(0, count));
    plain.push(bytes.length);
    compressed.push(topology.gzip(bytes).length);
    if (count === records.length) return { plain, compressed };
  }
}

interface SampleRecord extends RecordBytes {
  readonly timestampMs: number;
}

/** Records of a source as they will be sent; null when it sends none, or none has a value of its own. */
function sampleOf(
  topology: Topology,
  source: TopologyNode,
  { seed, bytesMax }: { readonly seed: number; readonly bytesMax: number },
): SampleRecord[] | null {
  // Tables of its own: the run's stay as they are.
  const keys = createKeyTable();
  const producers = topology.nodes.filter(({ role }) => role === 'producer');
  const paths = createPathTable(producers.length);
  const { reader } = compilePrograms(topology, { seed, keys, paths, streams: createStreams() });
  const path = producers.indexOf(source);
  const { values } = reader.programs.sources[path]!;
  if (values.kind === 'filler' || (values.kind === 'rows' && values.rows.every(({ value }) => value === null))) return null;
  const workload = createWorkload({ seed, name: source.node.id, settings: source.settings, keys });
  const valueSize = templateSizeOf(reader.programs.sources[path]!, keys);
  const headers = headersOf(source.settings);
  const sample: SampleRecord[] = [];
  let bytes = 0;
  while (bytes < bytesMax && sample.length < sampleRecordsMax) {
    drawChunk(workload, keys, valueSize);
    const { chunk } = workload;
    if (chunk.count === 0) break;
    for (let i = 0; i < chunk.count && bytes < bytesMax && sample.length < sampleRecordsMax; i++) {
      const key = chunk.key[i]!;
      const timestampUs = chunk.timeUs[i]!;
      const identity = { path, sequence: chunk.firstSequence + i, key, size: chunk.size[i]!, timestampUs, partition: 0, offset: -1 };
      const value = valueText(reader, identity);
      sample.push({
        key: key < 0 ? null : encodeUtf8(keyText(keys, key)),
        value: value === null ? null : encodeUtf8(value),
        headers,
        timestampMs: Math.floor(timestampUs / 1000),
      });
      bytes += chunk.payload[i]!;
    }
  }
  return sample.length === 0 ? null : sample;
}

/** The records of one batch, without its header. */
function encoded(records: readonly SampleRecord[]): Uint8Array {
  const sink = createByteSink();
  const firstMs = records[0]!.timestampMs;
  records.forEach((record, offsetDelta) => writeRecord(sink, { offsetDelta, timestampDeltaMs: record.timestampMs - firstMs }, record));
  return writtenBytes(sink);
}
