/** What a topology reaches while it handles a record of one task: it collects what is made, for the member's producer to send. */
import type { ChannelRecord, Run, TopologyState } from '../../sql/operators/topology.ts';
import { emptyState } from '../../sql/operators/topology.ts';
import type { TopicRecord } from '../../sql/operators/row.ts';
import { nextUniform, type RandomStream } from '../kernel/random.ts';

/** Something that a record led to, in the order in which it was made. */
export type Made =
  | { readonly kind: 'result'; readonly topic: string; readonly record: TopicRecord }
  | { readonly kind: 'repartition'; readonly channel: number; readonly record: ChannelRecord }
  | { readonly kind: 'change'; readonly store: number; readonly id: string; readonly value: unknown };

/** Used again for every record of a run; holds nothing from one record to the next. */
export class TaskRun implements Run {
  state: TopologyState = emptyState();
  partition = 0;
  wallClockMs = 0;
  made: Made[] = [];
  messages: string[] = [];
  private stream: RandomStream | null = null;

  /** Makes ready for a record of a task. */
  begin(state: TopologyState, partition: number, nowUs: number, stream: RandomStream): void {
    this.state = state;
    this.partition = partition;
    this.wallClockMs = Math.floor(nowUs / 1000);
    this.stream = stream;
    this.made = [];
    this.messages = [];
  }

  readonly write = (topic: string, record: TopicRecord): void => {
    this.made.push({ kind: 'result', topic, record });
  };

  readonly repartition = (channel: number, record: ChannelRecord): void => {
    this.made.push({ kind: 'repartition', channel, record });
  };

  readonly changed = (store: number, id: string, value: unknown): void => {
    this.made.push({ kind: 'change', store, id, value });
  };

  readonly log = (message: string): void => {
    this.messages.push(message);
  };

  readonly random = (): number => nextUniform(this.stream!);

  readonly now = (): number => this.wallClockMs;
}
