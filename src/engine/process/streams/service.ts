/** The end of a record's service: it goes through the topology, and what is made of it is sent, each record to its partition. */
import { offsetOf, type PollSlice } from '../../consumer/fetching.ts';
import { ownedPartition } from '../../consumer/consumer.ts';
import { EventKind } from '../../kernel/eventKinds.ts';
import { schedule } from '../../kernel/eventSet.ts';
import { mix } from '../../kernel/trace.ts';
import { noteEnding } from '../../ledger/deliveries.ts';
import type { LedgerState } from '../../ledger/state.ts';
import { flushReady, sendRecord } from '../../producer/producer.ts';
import { outputOf } from '../../streams/outputs.ts';
import type { StreamsProgram } from '../../streams/program.ts';
import { dropHead } from '../../streams/queues.ts';
import { internalJson, sourceRecord } from '../../streams/records.ts';
import { noteMessage, type PendingOutput, type StreamsNodeState, type StreamTask, type StreamThread } from '../../streams/state.ts';
import { accountPooled } from '../accounts.ts';
import { keepDelivered } from './delivered.ts';
import type { ProcessContext } from '../context.ts';
import { failMember } from '../endings.ts';
import { accountOffsets } from '../progress.ts';
import { recordAt } from '../recordAt.ts';
import { measure } from '../settle.ts';
import { nextGeneration, type WorkerState } from '../worker.ts';
import { stateOf } from './globals.ts';
import { goOn } from './loop.ts';

/** After which a thread that an error has ended starts again: ksqlDB's `ksql.query.retry.backoff.initial.ms`. */
const restartUs = 15_000_000;

/** The record in service is done, or what was made of it can be sent on; at another moment the thread is called again when it is. */
export function continueStreams(ctx: ProcessContext, worker: WorkerState, thread: StreamThread): void {
  if (thread.current === null) return;
  if (worker.finishUs[0]! > ctx.events.nowUs) {
    schedule(ctx.events, worker.finishUs[0]!, EventKind.ServiceDone, worker.index, nextGeneration(worker));
    return;
  }
  const task = thread.tasks.find(({ name }) => name === thread.current!.task)!;
  if (worker.outputCursor < 0) {
    const failure = process(ctx, worker, thread, task);
    if (failure !== null) return failThread(ctx, worker, thread, failure);
    worker.outputCursor = 0;
  }
  if (!sendOutputs(ctx, worker, thread)) return;
  finish(ctx, worker, thread, task);
  goOn(ctx, worker, thread);
}

/** Takes the record through the topology; what it makes waits in `outputs`. The message of an error that the topology does not handle, null without one. */
function process(ctx: ProcessContext, worker: WorkerState, thread: StreamThread, task: StreamTask): string | null {
  const program = ctx.programs[worker.node]!.streams!;
  const node = ctx.streams.nodes[worker.node]!;
  const queue = task.queues[thread.current!.queue]!;
  const { run, layout } = program;
  const record = recordAt(ctx, queue.slices[0]!, queue.cursor);
  const { timestampUs, offset } = record;
  run.begin(stateOf(layout, thread, task), task.partition, ctx.events.nowUs, node.random);
  try {
    const role = layout.roles.get(queue.topic)!;
    if (role.kind === 'source') layout.topology.process(role.name, sourceRecord(program, record), run);
    else deliver(program, node, role.channel, record.sequence);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  for (const text of run.messages)
    noteMessage(node, { timeUs: ctx.events.nowUs, task: task.name, partition: queue.partition, offset, text });
  const making = { keys: ctx.keys, node, layout, task, timestampUs };
  const outputs: PendingOutput[] = [];
  for (const made of run.made) {
    const output = outputOf(making, made);
    if (output !== null) outputs.push(output);
  }
  thread.outputs = outputs;
  task.streamTimeMs = Math.max(task.streamTimeMs, Math.floor(timestampUs / 1000));
  return null;
}

function deliver({ layout, run }: StreamsProgram, node: StreamsNodeState, channel: number, sequence: number): void {
  const { decode } = layout.topology.channels[channel]!;
  layout.topology.deliver(channel, decode(internalJson(node, sequence)), run);
}

const sent = { topic: 0, timestampUs: 0, key: 0, size: 0, sequence: 0, path: 0 };

/** Sends what is left of the record's outputs; false when there is no buffer memory for one. */
function sendOutputs(ctx: ProcessContext, worker: WorkerState, thread: StreamThread): boolean {
  const { outputs } = thread;
  const metrics = ctx.metrics[worker.node]!;
  for (; worker.outputCursor < outputs.length; worker.outputCursor++) {
    const output = outputs[worker.outputCursor]!;
    sent.topic = output.topic;
    sent.timestampUs = output.timestampUs;
    sent.key = output.key;
    sent.size = output.size;
    sent.sequence = output.sequence;
    sent.path = output.path;
    if (!sendRecord(ctx, worker.producer, sent, output.hash)) {
      worker.phase = 'blocked';
      worker.stalledSinceUs = ctx.events.nowUs;
      const detail = 'no buffer.memory left to send';
      ctx.processNotices.push({ timeUs: ctx.events.nowUs, code: 'producer.blocked', member: worker.index, detail });
      return false;
    }
    if (!output.isResult) continue;
    metrics.recordsOut++;
    if (ctx.ledger !== null) endBeside(ctx, ctx.ledger, worker, output);
  }
  flushReady(ctx, worker.producer);
  return true;
}

/** A result goes to one topic: to those who read only the others it does not come. */
function endBeside({ nodes }: ProcessContext, ledger: LedgerState, { node }: WorkerState, { topic, path, sequence }: PendingOutput): void {
  const branch = nodes[node]!.outputs.findIndex((topics) => topics.includes(topic));
  const beside = ledger.sinksBeside[node]![branch];
  // Paths of results are roots.
  if (beside !== undefined && beside.length > 0) noteEnding(ledger, beside, { source: path, sequence }, 'filtered');
}

/** Takes account of the record, and goes on behind it. */
function finish(ctx: ProcessContext, worker: WorkerState, thread: StreamThread, task: StreamTask): void {
  const node = ctx.nodes[worker.node]!;
  const queue = task.queues[thread.current!.queue]!;
  const slice: PollSlice = queue.slices[0]!;
  const index = queue.cursor;
  const isCurrent = ownedPartition(ctx.consumers[worker.index]!, queue.partition)?.timesSet === queue.timesSet;
  if (ctx.topics[queue.topic]!.owner === undefined) {
    if (worker.readProcessWrite !== null) keepDelivered(ctx, worker, thread, slice, index);
    else accountPooled(ctx, { worker, node, metrics: ctx.metrics[worker.node]!, slice, index, record: 0 });
  }
  measure(ctx, worker, slice, index, 0, 1);
  // Read again from elsewhere meanwhile: whoever has the partition reads this record once more.
  if (isCurrent) accountOffsets(ctx, worker, node, slice, index, 1);
  else ctx.metrics[worker.node]!.processedAgain++;
  task.processed++;
  worker.outputCursor = -1;
  worker.slices = [];
  worker.count = 0;
  thread.outputs = [];
  thread.current = null;
  mix(ctx.trace, ctx.events.nowUs, EventKind.ServiceDone, worker.index, 1);
  dropHead(ctx, queue);
}

/** An error that no operator handles ends the thread; ksqlDB starts the query again after a while. */
function failThread(ctx: ProcessContext, worker: WorkerState, thread: StreamThread, message: string): void {
  const { task, queue } = thread.current!;
  const { partition, slices, cursor } = thread.tasks.find(({ name }) => name === task)!.queues[queue]!;
  const offset = offsetOf(slices[0]!.fetched, cursor);
  noteMessage(ctx.streams.nodes[worker.node]!, { timeUs: ctx.events.nowUs, task, partition, offset, text: message });
  failMember(ctx, worker, `stops: ${message}`);
  schedule(ctx.events, ctx.events.nowUs + restartUs, EventKind.MemberRestarts, worker.index, worker.generation);
}
