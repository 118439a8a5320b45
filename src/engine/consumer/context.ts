import type { GroupContext } from '../group/context.ts';
import type { SlotTable } from '../broker/slots.ts';
import type { CommitRequest } from './commitRequest.ts';
import type { ConsumerState } from './consumer.ts';
import type { OffsetFetchRequest } from './offsetFetch.ts';
import type { TransactionOffsetsRequest } from './transactionOffsets.ts';

export interface ConsumerContext extends GroupContext {
  /** Same index as `members`. */
  readonly consumers: ConsumerState[];
  readonly commitRequests: SlotTable<CommitRequest>;
  readonly offsetFetches: SlotTable<OffsetFetchRequest>;
  readonly transactionOffsets: SlotTable<TransactionOffsetsRequest>;
}
