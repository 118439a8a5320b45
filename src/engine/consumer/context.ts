import type { GroupContext } from '../group/context.ts';
import type { SlotTable } from '../broker/slots.ts';
import type { CommitRequest } from './commitRequest.ts';
import type { ConsumerState } from './consumer.ts';

export interface ConsumerContext extends GroupContext {
  /** Same index as `members`. */
  readonly consumers: ConsumerState[];
  readonly commitRequests: SlotTable<CommitRequest>;
}
