/** For the ledger: records that a producer gave up, and those that went down with it. */
import { noteGivenUp } from '../broker/batchWritten.ts';
import type { ProducerBatch } from '../broker/produceRequest.ts';
import { addSequence, causeOf, noCause } from '../ledger/causes.ts';
import { noteEnding, noteResent, rootOf } from '../ledger/deliveries.ts';
import type { LedgerState } from '../ledger/state.ts';
import type { ProducerContext } from './context.ts';
import { inFlightBatches } from './inFlight.ts';
import type { ProducerState } from './state.ts';

const record = { source: 0, sequence: 0 };

/** A batch failed for good, or the records of one that went down with its member. */
export function accountGivenUp(ctx: ProducerContext, state: ProducerState, batch: ProducerBatch, detail: string): void {
  const { ledger } = ctx;
  if (ledger === null) return;
  noteGivenUp(ledger, state.index, batch);
  // What is in a log goes on from there, and its end is told there.
  if (batch.fate!.isWritten) return;
  for (let i = 0; i < batch.count; i++)
    end(ctx, ledger, state, { path: batch.columns.path[i]!, sequence: batch.columns.sequence[i]! }, detail);
}

/** One record that never came into a batch. */
export function accountRefused(
  ctx: ProducerContext,
  state: ProducerState,
  refused: { readonly path: number; readonly sequence: number },
  detail: string,
): void {
  if (ctx.ledger !== null) end(ctx, ctx.ledger, state, refused, detail);
}

function end(
  ctx: ProducerContext,
  ledger: LedgerState,
  state: ProducerState,
  { path, sequence }: { readonly path: number; readonly sequence: number },
  detail: string,
): void {
  const node = -2 - state.endpoint;
  record.source = rootOf(ctx.paths, path);
  record.sequence = sequence;
  const forgotten = detail === '';
  noteEnding(ledger, ledger.sinksFrom[node]!, record, forgotten ? 'lost' : 'givenUp');
  const name = { ...noCause, node, detail, timeUs: forgotten ? ctx.events.nowUs : -1 };
  const cause = forgotten
    ? causeOf(ledger, { ...name, fate: 'lost', code: 'forgotten', member: state.member }, ctx.events.nowUs)
    : causeOf(ledger, { ...name, fate: 'givenUp', code: 'gave-up' }, ctx.events.nowUs);
  addSequence(cause, record.source, sequence);
}

/** Records of a stream processor's member that will not be sent: their input is read again, and what is made of it are other records. Nothing for any other member. */
export function accountRemade(ctx: ProducerContext, state: ProducerState, { count, columns, fate }: ProducerBatch): void {
  if (fate?.isWritten === true) return;
  for (let i = 0; i < count; i++) remade(ctx, state, columns.path[i]!, columns.sequence[i]!);
}

/** The same of one record that no batch has. */
export function remade(ctx: ProducerContext, state: ProducerState, path: number, sequence: number): void {
  const { ledger } = ctx;
  const node = -2 - state.endpoint;
  if (ledger === null || ledger.remakes?.[node] !== true) return;
  record.source = rootOf(ctx.paths, path);
  record.sequence = sequence;
  noteEnding(ledger, ledger.sinksFrom[node]!, record, 'aborted');
  const { nowUs: timeUs } = ctx.events;
  addSequence(
    causeOf(ledger, { ...noCause, fate: 'aborted', code: 'remade', node, member: state.member, timeUs }, timeUs),
    record.source,
    sequence,
  );
}

/**
 * The process of a member ends with what its producer held. `isLost`: its input may be committed, so that nobody sends it again; what is on the way to a broker may be
 * written yet.
 */
export function accountForgotten(ctx: ProducerContext, state: ProducerState, isLost: boolean): void {
  const { ledger } = ctx;
  if (ledger === null || state.accumulator === null) return;
  const batches = [...inFlightBatches(ctx, state), ...state.accumulator.queues.flat()];
  for (const batch of batches) {
    if (isLost) accountGivenUp(ctx, state, batch, '');
    else {
      noteGivenUp(ledger, state.index, batch);
      accountRemade(ctx, state, batch);
    }
  }
}

/** A batch without a number is sent again, and other requests may be ahead of it. */
export function accountResent({ ledger, paths }: ProducerContext, { count, columns }: ProducerBatch): void {
  if (ledger === null) return;
  for (let i = 0; i < count; i++) noteResent(ledger, rootOf(paths, columns.path[i]!), columns.sequence[i]!);
}
