import type { Place } from '../syntax/ast.ts';
import type { SqlError } from '../syntax/sqlError.ts';

/** When a statement was refused: a text that cannot be read, one of its statements, while it was executed, or while a push query was made. */
export type RefusalStage = 'parse' | 'prepare' | 'execute' | 'push';

const preparing = 'Failed to prepare statement: ';

/** A statement that a server refuses, as it tells it (`KsqlStatementErrorMessage`; for push queries `KsqlErrorMessage`, without the statement). */
export class RefusedStatement extends Error {
  readonly statementText: string;
  readonly stage: RefusalStage;
  readonly at: Place | null;

  constructor({ message, at }: SqlError, statementText: string, stage: RefusalStage) {
    const start = stage === 'prepare' && !message.startsWith(preparing) ? preparing : '';
    super(`${start}${message}${stage === 'push' ? '' : `\nStatement: ${statementText}`}`);
    this.name = 'RefusedStatement';
    this.statementText = statementText;
    this.stage = stage;
    this.at = at;
  }
}
