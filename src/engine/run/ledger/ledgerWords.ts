/** Sentences about causes. What they say is what the cause holds; nothing is concluded here. */
import type { CauseState } from '../../ledger/causes.ts';
import type { EngineContext } from '../state.ts';

export function memberName(ctx: EngineContext, member: number): string {
  const worker = ctx.workers[member]!;
  return `${ctx.nodes[worker.node]!.name}-${worker.number}`;
}

/** 41200000 µs as "41.2 s". */
function at(timeUs: number): string {
  return `${Math.round(timeUs / 1000) / 1000} s`;
}

function when({ firstUs, lastUs }: CauseState): string {
  return firstUs === lastUs ? `at ${at(firstUs)}` : `from ${at(firstUs)} to ${at(lastUs)}`;
}

const endedHow: Readonly<Record<string, string>> = {
  crashed: 'crashed',
  failed: 'failed',
  stopped: 'was stopped',
  rebalance: 'had to let go of the partition in a rebalance',
  replaced: 'was replaced without knowing it',
  aborted: 'aborted its transaction',
};

/** Who had the partition before, and how that ended. */
function before(ctx: EngineContext, cause: CauseState): string {
  if (cause.member < 0) return `the reader began again at the committed offset ${when(cause)}`;
  return `${memberName(ctx, cause.member)} ${endedHow[cause.detail] ?? cause.detail} ${when(cause)}`;
}

export function sentenceOf(ctx: EngineContext, cause: CauseState): string {
  const who = cause.member < 0 ? 'a member' : memberName(ctx, cause.member);
  switch (cause.code) {
    case 'filtered':
      return `The condition or the branches of ${ctx.nodes[cause.node]!.name} dropped them, ${when(cause)}.`;
    case 'failed':
      return `Their service failed for good, ${when(cause)}.`;
    case 'deadLettered':
      return `Their service failed at every attempt, and they went to a dead letter topic, ${when(cause)}.`;
    case 'deduplicated':
      return `Their ids were known: an idempotent consumer leaves them out, ${when(cause)}.`;
    case 'pool-full':
      return `The pool of ${ctx.nodes[cause.node]!.name} was full and refused them${cause.fate === 'deadLettered' ? '; they went to a dead letter topic' : ''}, ${when(cause)}.`;
    case 'uncommitted':
      return `Processed, not committed: ${before(ctx, cause)}.`;
    case 'in-work':
      return `Committed before processing: ${before(ctx, cause)}.`;
    case 'not-owner':
      return `${who} went on processing what another member of the group had taken over, ${when(cause)}.`;
    case 'reset':
      return resetSentence(cause, who);
    case 'seek':
      return cause.fate === 'duplicated'
        ? `The application of ${who} set its position back (seek) ${when(cause)}, and they were read once more.`
        : `The application of ${who} set its position behind them (seek) ${when(cause)}; the group was at offset ${cause.readerAt}.`;
    case 'truncated':
      return `${who} went back ${when(cause)}: the new leader has another log from there on.`;
    case 'retention':
      return `Retention deleted them ${when(cause)}; the reader was at offset ${cause.readerAt}.`;
    case 'leader-lost':
    case 'cut-off':
      return leaderSentence(cause);
    case 'gave-up':
      return `The producer gave them up ${when(cause)}: ${cause.detail}.`;
    case 'forgotten':
      return `${who} crashed ${when(cause)} with them in its producer, their input being committed or about to be.`;
    case 'remade':
      return `${who} crashed or aborted its transaction ${when(cause)} before they were written: their input is read again, and what is made of it are other records.`;
    case 'retry':
      return `Written once more ${when(cause)}: they had been written, the producer had not heard so and sent them again, and its batches are not numbered.`;
    case 'hidden':
      return `Their transaction was aborted; isolation.level=read_committed does not hand them out (${when(cause)}).`;
    case 'rejected':
      return `The application rejected them, ${when(cause)}: a share group delivers such records no more.`;
    case 'delivery-limit':
      return `They were delivered ${cause.detail} times (group.share.delivery.count.limit) and nobody accepted them, ${when(cause)}.`;
    case 'group-began':
      return `share.auto.offset.reset=${cause.detail}: the group began behind them ${when(cause)}.`;
    case 'resent':
      return `Sent again with other requests on their way, without numbers (enable.idempotence=false): later ones were written before them, ${when(cause)}.`;
    case 'partitions-added':
      return `Partitions were added to ${cause.detail}: their keys go to others since, and these were read after later ones, ${when(cause)}.`;
    case 'shared':
      return `${ctx.nodes[cause.node]!.name} is a share group, whose members take records of a partition in no order, ${when(cause)}.`;
    case 'threads':
      return `Threads of ${ctx.nodes[cause.node]!.name} were done with them after later ones, ${when(cause)}.`;
    case 'tried-again':
      return `They failed and came again over a retry topic, behind later ones, ${when(cause)}.`;
    case 'several-readers':
      return `${who} went on with them when another member of the group had taken the partition over, ${when(cause)}.`;
    case 'several-partitions':
      return `Their keys came over several partitions, between which Kafka keeps no order, ${when(cause)}.`;
    case 'compacted':
      return `The log cleaner took them out ${when(cause)}: later records have their keys.`;
  }
}

function resetSentence(cause: CauseState, who: string): string {
  if (cause.detail === 'administrator') {
    const did = cause.fate === 'duplicated' ? 'began again' : 'jumped over them';
    const at = cause.fate === 'duplicated' ? '' : `; the group was at offset ${cause.readerAt}`;
    return `An administrator had reset the group's offsets: ${who} ${did} ${when(cause)}${at}.`;
  }
  if (cause.fate === 'duplicated') return `auto.offset.reset=${cause.detail} made ${who} begin again ${when(cause)}.`;
  if (cause.detail === '' || cause.detail === 'committed') return `${who} began behind them ${when(cause)}.`;
  return `auto.offset.reset=${cause.detail} made ${who} jump over them ${when(cause)}; the group was at offset ${cause.readerAt}.`;
}

function leaderSentence(cause: CauseState): string {
  const acks = cause.detail === '' ? '' : `${cause.detail}: `;
  if (cause.code === 'cut-off')
    return `${acks}Broker ${cause.broker} wrote them when it no longer led, and cut them off ${when(cause)} to follow the leader.`;
  return `${acks}Broker ${cause.other} took over from broker ${cause.broker} ${when(cause)} and had not copied them.`;
}
