import type { ReactElement } from 'react';
import { formatBytes } from '../format/numbers.ts';
import { readReport } from '../run/questions.ts';
import { usePolled } from '../run/usePolled.ts';
import { monthlyCost } from './costWords.ts';

/** What the logs take on all brokers' disks and in the remote tier, and what holding just that costs. */
export function StorageRows(): ReactElement | null {
  const storage = usePolled(readReport)?.storage;
  if (storage === undefined || storage.diskBytes === 0) return null;
  const { diskBytes, diskUsdPerMonth, remoteBytes, remoteUsdPerMonth } = storage;
  return (
    <>
      <dt>On disks, {formatBytes(diskBytes)}</dt>
      <dd title="What all brokers hold now, every copy of every log, at the cluster’s disk.price.per.gb.month">
        {monthlyCost(diskUsdPerMonth)}
      </dd>
      {remoteBytes > 0 && (
        <>
          <dt>Remote, {formatBytes(remoteBytes)}</dt>
          <dd title="What was copied to remote storage, at the cluster’s remote.storage.price.per.gb.month">
            {monthlyCost(remoteUsdPerMonth)}
          </dd>
        </>
      )}
    </>
  );
}
