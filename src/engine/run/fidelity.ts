/** What each kind of number in a report rests on. */
import { clusterConfig } from '../../pipeline/kinds/cluster.ts';
import { kindOf } from '../../pipeline/kinds/index.ts';
import type { Fidelity } from '../report/report.ts';
import type { Topology } from './topology.ts';

interface FidelityLine {
  readonly figure: string;
  readonly tag: Fidelity;
  readonly source: string;
}

/** Semantics are exact; a figure of a machine or a service is as good as where it comes from. */
export function fidelityOf(topology: Topology): FidelityLine[] {
  const lines: FidelityLine[] = [
    { figure: 'offsets, partitions, batches, assignments', tag: 'exact', source: "Follow from Kafka's own algorithms." },
    { figure: 'maximum and mean lag', tag: 'exact', source: `Settled to the microsecond, sampled at the interval of the charts.` },
  ];
  for (const row of clusterConfig) {
    const value = topology.cluster[row.name];
    if (row.fidelity === undefined || value === 0) continue;
    const own = Object.hasOwn(topology.document.cluster.config, row.name);
    lines.push({ figure: `${row.name} = ${String(value)}`, tag: 'assumed', source: own ? 'Set in the pipeline.' : `Default. ${row.help}` });
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
  return lines;
}
