import type { CleanerState } from '../broker/cleaner.ts';
import type { BrokerContext, BrokerCounters } from '../broker/context.ts';
import type { GroupNotice } from '../group/context.ts';
import type { Series } from '../metrics/series.ts';
import type { ProcessContext } from '../process/context.ts';
import type { RunEvent } from '../report/runEvent.ts';
import type { Fault } from '../../pipeline/document.ts';

/** A planned or live fault with its moment in microseconds. */
export interface PlannedFault {
  readonly timeUs: number;
  readonly fault: Fault;
}

/**
 * Everything a run is, as plain data: a copy of it is a checkpoint, and a run built on the copy goes on as the original does. What is compiled
 * from the document (programs, the probe and the watcher) is not part of it.
 */
export type EngineState = Omit<ProcessContext, 'programs' | 'probe' | 'assignTasks' | keyof BrokerContext> &
  Omit<BrokerContext, 'watcher'> & {
    readonly counters: BrokerCounters;
    readonly cleaner: CleanerState;
    readonly notices: GroupNotice[];
    readonly faults: PlannedFault[];
    readonly timeline: { entries: RunEvent[]; total: number };
    readonly series: Series;
    /** Bytes of the document the run was built from would do as well; its seed and duration are what the run itself needs. */
    readonly plan: {
      readonly seed: number;
      readonly durationUs: number;
      readonly retentionCheckUs: number;
      readonly statePartitions: number;
    };
    readonly limits: { readonly eventsMax: number; readonly recordsMax: number };
    readonly outcome: { boundReached: string | null };
  };

/** What handlers get: the state, and what is compiled from the document. */
export type EngineContext = EngineState & Pick<ProcessContext, 'programs' | 'probe' | 'watcher' | 'assignTasks'>;
