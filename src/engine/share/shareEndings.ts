/** For the ledger: what a share group is done with and nobody has accepted. */
import { addOffsets, type CauseName, causeOf, noCause } from '../ledger/causes.ts';
import { noteExpired } from '../ledger/expiry.ts';
import type { LedgerState } from '../ledger/state.ts';
import type { EndedOffsets, SharePartition } from './sharePartition.ts';
import type { ShareContext } from './shareState.ts';

/** Tells the ledger of offsets of a partition that have ended since it was told last. Of those that are cut off with a leader it is told where that is known. */
export function tellEnded(ctx: ShareContext, share: SharePartition): void {
  const { ended } = share;
  if (ended.length === 0) return;
  const { ledger } = ctx;
  if (ledger !== null) for (const offsets of ended) tell(ctx, ledger, share, offsets);
  ended.length = 0;
}

function tell(ctx: ShareContext, ledger: LedgerState, { group, partition }: SharePartition, { fate, first, end }: EndedOffsets): void {
  const { nowUs } = ctx.events;
  const node = ledger.nodeOfGroup[group]!;
  const range = { partition, from: first, to: end, group };
  const note = (name: Partial<CauseName>): void => {
    const cause = causeOf(ledger, { ...noCause, node, ...name }, nowUs);
    addOffsets(cause, partition, first, end);
  };
  const { reset, limits, isolation } = ctx.share.groups[group]!;
  switch (fate) {
    case 'rejected':
      note({ fate: 'archived', code: 'rejected' });
      ledger.toRead.push({ ...range, ending: 'archived', onlyHidden: false });
      return;
    case 'limit':
      note({ fate: 'archived', code: 'delivery-limit', detail: String(limits.deliveryCountLimit) });
      ledger.toRead.push({ ...range, ending: 'archived', onlyHidden: false });
      return;
    case 'gap':
      if (isolation === 'read_committed') ledger.toRead.push({ ...range, ending: 'aborted', onlyHidden: true });
      return;
    case 'skipped':
      note({ fate: 'skipped', code: 'group-began', detail: reset.strategy, timeUs: nowUs });
      ledger.toRead.push({ ...range, ending: 'skipped', onlyHidden: false });
      return;
    case 'expired':
      // Which records they were was read before they went.
      noteExpired(ledger, node, range, nowUs);
      return;
    case 'lost':
      return;
  }
}
