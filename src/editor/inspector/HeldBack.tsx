import type { ReactElement } from 'react';
import { effectiveClusterConfig } from '../../pipeline/index.ts';
import { formatMilliseconds } from '../format/numbers.ts';
import { readReport } from '../run/questions.ts';
import { usePolled } from '../run/usePolled.ts';
import { useDocument } from '../stores/documentStore.ts';

function Line({ node, quota }: { readonly node: string; readonly quota: string }): ReactElement | null {
  const heldMs = usePolled(readReport)?.nodes.find((candidate) => candidate.node === node)?.throttledMs ?? 0;
  if (heldMs === 0) return null;
  return (
    <dl className="lj-numbers" aria-label="Quota">
      <dt>Held back by a quota</dt>
      <dd title={`Throttle times that brokers gave its clients because of ${quota}, all together`}>{formatMilliseconds(heldMs)}</dd>
    </dl>
  );
}

/** For how long a quota of the cluster held a producer or reader back, in one line: otherwise a low rate has no visible cause. */
export function HeldBack({ node, produces }: { readonly node: string; readonly produces: boolean }): ReactElement | null {
  const hasQuota = useDocument((state) => {
    const config = effectiveClusterConfig(state.document.cluster);
    return Number(config['quota.producer.bytes.per.second']) > 0 || Number(config['quota.consumer.bytes.per.second']) > 0;
  });
  return hasQuota ? <Line node={node} quota={produces ? 'quota.producer.bytes.per.second' : 'a quota of the cluster'} /> : null;
}
