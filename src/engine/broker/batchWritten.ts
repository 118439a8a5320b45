/** For the ledger: whether a batch is in a log that its client has given up, or is there twice. */
import { addOffsets, causeOf, noCause } from '../ledger/causes.ts';
import type { LedgerState } from '../ledger/state.ts';
import type { BrokerContext } from './context.ts';
import type { ProducerBatch, ProduceRequest } from './produceRequest.ts';

/** What is known of a batch's records beyond the batch. A batch taken back and its copy on the wire have it in common. */
export interface BatchFate {
  isWritten: boolean;
  /** Its client has given it up, or is gone. */
  isGivenUp: boolean;
}

/** Made when it is first asked for: most batches are written and acknowledged. */
export function fateOf(batch: ProducerBatch): BatchFate {
  return (batch.fate ??= { isWritten: batch.isWritten, isGivenUp: false });
}

/** A broker has appended a batch at `baseOffset`, not found it there. */
export function noteWritten(
  ctx: BrokerContext,
  ledger: LedgerState,
  request: ProduceRequest,
  batch: ProducerBatch,
  baseOffset: number,
): void {
  if (batch.fate === null && !batch.isWritten) {
    batch.isWritten = true;
    return;
  }
  const fate = fateOf(batch);
  if (fate.isGivenUp && !fate.isWritten) add(ledger.writtenUnknown, request.producer, batch.count);
  if (fate.isWritten) {
    add(ledger.writtenAgain, request.producer, batch.count);
    const name = { ...noCause, fate: 'duplicated', code: 'retry', node: -2 - request.client, broker: request.broker } as const;
    addOffsets(causeOf(ledger, name, ctx.events.nowUs), batch.partition, baseOffset, baseOffset + batch.count);
  }
  fate.isWritten = true;
}

/** The client gives a batch up. */
export function noteGivenUp(ledger: LedgerState, producer: number, batch: ProducerBatch): void {
  const fate = fateOf(batch);
  if (fate.isGivenUp) return;
  fate.isGivenUp = true;
  if (fate.isWritten) add(ledger.writtenUnknown, producer, batch.count);
}

function add(counts: number[], index: number, count: number): void {
  while (counts.length <= index) counts.push(0);
  counts[index]! += count;
}
