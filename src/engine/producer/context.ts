import type { BrokerContext } from '../broker/context.ts';
import type { KeyTable } from '../workload/keys.ts';
import type { ProducerState } from './state.ts';

export interface ProducerContext extends BrokerContext {
  readonly producers: ProducerState[];
  readonly keys: KeyTable;
}
