import { useStatus } from '../stores/liveStore.ts';
import { readableWords } from './damageWords.ts';
import { rebuildRun } from './session.ts';

const listedMost = 20;

/** What of the stored run is damaged, partition by partition, and the way on. */
export function DamageReport() {
  const damage = useStatus((status) => status.damage);
  if (damage.length === 0) return null;
  return (
    <section className="lj-problem" aria-label="Damaged log">
      <p>
        Blocks of this run’s stored log are damaged. The run stands still where it was saved; its report, events and all that is whole can
        be looked at. Computed again with the same seed it gives the same result.
      </p>
      <ul>
        {damage.slice(0, listedMost).map((one) => (
          <li key={`${one.topic}-${one.partition}`}>
            <b>
              {one.topic}-{one.partition}
            </b>
            : {one.damagedBlocks} of {one.blocks} blocks. {readableWords(one)}. Found: {one.found}.
          </li>
        ))}
      </ul>
      {damage.length > listedMost && <p>{damage.length - listedMost} more partitions are damaged.</p>}
      <button type="button" className="lj-button" onClick={() => void rebuildRun()}>
        Rebuild from the start
      </button>
    </section>
  );
}
