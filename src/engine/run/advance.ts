/** Running: one event after the other up to a moment, a number of events, or a bound. */
import type { Fault } from '../../pipeline/document.ts';
import { nextTimeUs, putBack, takeBefore } from '../kernel/eventSet.ts';
import { boundLedger } from '../ledger/deliveries.ts';
import { settleAll, takeSample } from '../metrics/observe.ts';
import type { Run } from './build.ts';
import { dispatch } from './dispatch.ts';
import { faultRefusal, planFault } from './faults/faults.ts';
import { readEndings } from './ledger/ledgerReading.ts';
import { boundStoredValues, storedBound } from './streams/freeValues.ts';
import { drainNotices } from './views/timeline.ts';

export type AdvanceOutcome =
  /** The clock stands at `untilUs` and everything up to it has happened. */
  | { readonly kind: 'reached' }
  /** `maxEvents` were executed first. */
  | { readonly kind: 'events' }
  /** A read needs a block of a partition that is not resident; the host provides it and calls again. Virtual time has not moved. */
  | { readonly kind: 'waiting'; readonly partition: number; readonly block: number }
  /** A limit of the run was passed; it does not go on. */
  | { readonly kind: 'bounded'; readonly bound: string };

const reached: AdvanceOutcome = { kind: 'reached' };
const events: AdvanceOutcome = { kind: 'events' };

/** Runs until the clock stands at `untilUs`, or until `maxEvents` events were executed. */
export function advance(run: Run, options: { readonly untilUs: number; readonly maxEvents: number }): AdvanceOutcome {
  const { ctx } = run;
  const set = ctx.events;
  const { series, limits, outcome } = ctx;
  if (outcome.boundReached !== null) return { kind: 'bounded', bound: outcome.boundReached };
  const lastEvent = set.taken + options.maxEvents;
  const stop = Math.min(lastEvent, limits.eventsMax);
  // Times of events are whole.
  const endUs = Math.floor(options.untilUs) + 1;
  for (;;) {
    if (ctx.ledger !== null && ctx.ledger.toRead.length > 0) {
      const wanted = readEndings(ctx);
      if (wanted >= 0) return { kind: 'waiting', partition: ctx.counters.missingPartition, block: wanted };
    }
    const isSampled = series.nextUs <= options.untilUs;
    if (set.taken < stop && takeBefore(set, isSampled ? series.nextUs : endUs)) {
      const block = dispatch(ctx);
      if (block < 0) continue;
      putBack(set);
      return { kind: 'waiting', partition: ctx.counters.missingPartition, block };
    }
    const timeUs = nextTimeUs(set);
    if (isSampled && series.nextUs <= timeUs) {
      set.nowUs = series.nextUs;
      takeSample(ctx, series);
      if (ctx.ledger !== null) boundLedger(ctx.ledger);
      drainNotices(ctx);
      if (!holdsAllRecords(ctx)) {
        outcome.boundReached = `${limits.recordsMax} records at one node`;
        return { kind: 'bounded', bound: outcome.boundReached };
      }
      if (ctx.streams.nodes.length > 0 && !boundStoredValues(ctx)) {
        outcome.boundReached = storedBound;
        return { kind: 'bounded', bound: storedBound };
      }
      continue;
    }
    if (timeUs > options.untilUs) break;
    if (set.taken >= lastEvent) return events;
    outcome.boundReached = `${limits.eventsMax} events`;
    return { kind: 'bounded', bound: outcome.boundReached };
  }
  if (options.untilUs !== Infinity && options.untilUs > set.nowUs) set.nowUs = options.untilUs;
  settleAll(ctx);
  drainNotices(ctx);
  const wanted = readEndings(ctx);
  return wanted < 0 ? reached : { kind: 'waiting', partition: ctx.counters.missingPartition, block: wanted };
}

/** Whether records can still be numbered and counted in 32 bits: looked at with every sample, which comes long before the numbers run out. */
function holdsAllRecords({ producers, metrics, limits }: Run['ctx']): boolean {
  for (const producer of producers) if (producer.sentRecords > limits.recordsMax) return false;
  for (const node of metrics) if (node.recordsIn > limits.recordsMax) return false;
  return true;
}

/**
 * What a person does to the running system. It is planned for the next microsecond, so that a run of the document with this fault recorded goes through
 * the very same events. Returns the fault with its moment, or why it was refused.
 */
export function intervene(
  run: Run,
  action: DistributiveOmit<Fault, 'atMs'>,
): { readonly fault: Fault | null; readonly refusal: string | null } {
  const refusal = faultRefusal(run.ctx, action);
  if (refusal !== null) return { fault: null, refusal };
  const fault = { ...action, atMs: (run.ctx.events.nowUs + 1) / 1000 } as Fault;
  planFault(run.ctx, fault);
  return { fault, refusal: null };
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
