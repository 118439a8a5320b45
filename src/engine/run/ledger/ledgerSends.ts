/** The legs from clients to topics, told of every producing node. */
import type { LedgerSend } from '../../report/ledgerReport.ts';
import type { EngineContext } from '../state.ts';

export function sendsOf(ctx: EngineContext): LedgerSend[] {
  const { ledger } = ctx;
  return ctx.nodes
    .filter(({ role, outputs }) => role !== 'topic' && outputs.flat().length > 0)
    .map((node) => {
      const indexes =
        node.role === 'producer'
          ? [node.producer]
          : node.members.map((member) => ctx.workers[member]!.producer).filter((index) => index >= 0);
      const sum = (of: (index: number) => number): number => indexes.reduce((total, index) => total + of(index), 0);
      return {
        node: node.id,
        topics: [...new Set(node.outputs.flat())].map((topic) => ctx.topics[topic]!.node),
        sent: sum((index) => ctx.producers[index]!.sentRecords),
        acknowledged: sum((index) => ctx.producers[index]!.ackedRecords),
        givenUp: sum((index) => ctx.producers[index]!.failedRecords),
        forgotten: sum((index) => ctx.producers[index]!.forgottenRecords),
        underWay: sum((index) => waitingOf(ctx, index)),
        writtenUnknown: sum((index) => ledger?.writtenUnknown[index] ?? 0),
        writtenAgain: sum((index) => ledger?.writtenAgain[index] ?? 0),
      };
    });
}

/** Records in the client or unanswered, the one whose send() waits for memory among them. */
function waitingOf(ctx: EngineContext, index: number): number {
  const { pendingRecords, blocked, source } = ctx.producers[index]!;
  return pendingRecords + (blocked && source !== null ? 1 : 0);
}
