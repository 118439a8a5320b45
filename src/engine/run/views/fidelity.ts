/** What each kind of number in a report rests on. */
import { profileSource } from '../../../pipeline/effectiveConfig.ts';
import { clusterConfig } from '../../../pipeline/kinds/cluster.ts';
import { kindOf } from '../../../pipeline/kinds/index.ts';
import type { Fidelity } from '../../report/report.ts';
import { compressionCodecs } from '../../log/recordBatch.ts';
import { compressedBytes, type ProducerCompression } from '../../producer/compression.ts';
import type { Run } from '../build.ts';
import { publishedSource } from '../compression.ts';
import { isTiered } from '../configs.ts';
import type { Topology } from '../topology.ts';

interface FidelityLine {
  readonly figure: string;
  readonly tag: Fidelity;
  readonly source: string;
}

/** Semantics are exact; a figure of a machine or a service is as good as where it comes from. */
export function fidelityOf({ topology, ctx }: Run): FidelityLine[] {
  const lines: FidelityLine[] = [
    { figure: 'offsets, partitions, batches, assignments', tag: 'exact', source: "Follow from Kafka's own algorithms." },
    { figure: 'maximum and mean lag', tag: 'exact', source: `Settled to the microsecond, sampled at the interval of the charts.` },
  ];
  for (const row of clusterConfig) {
    const value = topology.cluster[row.name];
    if (row.fidelity === undefined || value === 0 || isIdle(topology, row.name)) continue;
    const own = Object.hasOwn(topology.document.cluster.config, row.name);
    const published = profileSource(topology.document.cluster, row.name);
    const source = published === null ? `Default. ${row.help}` : `Of ${String(topology.cluster['hardware.profile'])}: ${published}.`;
    lines.push({ figure: `${row.name} = ${String(value)}`, tag: 'assumed', source: own ? 'Set in the pipeline.' : source });
  }
  for (const { node, settings } of topology.nodes) {
    for (const row of kindOf(node.kind).config) {
      if (row.fidelity !== 'assumed' || (row.when && !row.when.is.includes(settings[row.when.name]!)) || settings[row.name] === 0) continue;
      const own = Object.hasOwn(node.config, row.name);
      lines.push({
        figure: `${node.name}: ${row.name} = ${String(settings[row.name])}`,
        tag: 'assumed',
        source: own ? 'Set in the pipeline.' : `Default. ${row.help}`,
      });
    }
  }
  for (const { name, compression } of ctx.nodes)
    if (compression !== null && compression.codec > 0) lines.push(compressionLine(name, compression));
  return lines;
}

/** Figures of the remote tier say nothing about a run without one. */
function isIdle({ nodes }: Topology, name: string): boolean {
  return name.startsWith('remote.storage.') && !nodes.some(({ settings }) => isTiered(settings));
}

const sampleBytes = 16_384;

function compressionLine(node: string, { codec, sizes, basis }: ProducerCompression): FidelityLine {
  const percent = Math.round((100 * compressedBytes(sizes!, sampleBytes)) / sampleBytes);
  const figure = `${node}: ${compressionCodecs[codec]!} takes ${percent} % of the bytes of a batch of 16 KiB`;
  switch (basis) {
    case 'measured':
      return { figure, tag: 'calibrated', source: 'gzip over the first records it sends, in batches of several sizes.' };
    case 'set':
      return { figure, tag: 'assumed', source: 'compression.ratio, set in the pipeline.' };
    case 'assumed':
      return {
        figure,
        tag: 'assumed',
        source: `By ${publishedSource}; with a value template, relative to gzip over the records it sends.`,
      };
  }
}
