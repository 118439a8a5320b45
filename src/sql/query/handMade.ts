/** Sessions with a server in memory, for tests. */
import { builtInFunctions } from '../functions/builtIn.ts';
import { bindFunctions } from '../plan/boundFunctions.ts';
import { javaText } from '../types/values.ts';
import type { Entity } from './entities.ts';
import { MemoryServer } from './memoryServer.ts';
import type { PushRow } from './pushPlan.ts';
import type { ResultColumn } from './resultSchema.ts';
import { resultSchemaText } from './resultSchema.ts';
import type { Answer } from './session.ts';

export const nowMs = 1_000_000;

export const memoryServer = (text: string, settings: Readonly<Record<string, string>> = {}): MemoryServer => {
  const server = new MemoryServer({
    functions: (types) => bindFunctions(builtInFunctions, types),
    library: builtInFunctions,
    parseTimestamp: Number,
    settings: { 'ksql.persistence.default.format.value': 'JSON', ...settings },
    nowMs,
  });
  server.execute(text);
  return server;
};

export function produce(
  server: MemoryServer,
  topic: string,
  ...records: readonly (readonly [string | null, string | null, number])[]
): void {
  for (const [key, value, timestampMs] of records) server.produce(topic, { key, value, timestampMs, window: null, headers: [] });
}

export const rowText = (columns: readonly ResultColumn[], { columns: row, isTombstone }: PushRow): string =>
  row.map((value, i) => javaText(value, columns[i]!.type)).join(' ') + (isTombstone ? ' removed' : '');

/** The one answer of a text, as lines: the schema, rows, what ends it. */
export function asked(server: MemoryServer, text: string): string[] {
  const [answer] = server.execute(text);
  if (answer?.kind !== 'rows') throw new Error(`no rows but ${answer?.kind ?? 'nothing'}`);
  const { columns, rows, finalMessage } = answer;
  return [resultSchemaText(columns), ...rows.map((row) => rowText(columns, row)), ...(finalMessage === null ? [] : [finalMessage])];
}

/** The rows alone, sorted. */
export const rowsOf = (server: MemoryServer, text: string): string[] => asked(server, text).slice(1).sort();

export function refusalOf(server: MemoryServer, text: string): string {
  try {
    server.execute(text);
  } catch (error) {
    return (error as Error).message;
  }
  return 'none';
}

const isOf =
  <T extends Entity['@type']>(type: T) =>
  (answer: Answer): answer is Answer & { entity: Extract<Entity, { '@type': T }> } =>
    answer.kind === 'entity' && answer.entity['@type'] === type;

/** The entity of one kind that a text is answered with. */
export function entityOf<T extends Entity['@type']>(server: MemoryServer, type: T, text: string): Extract<Entity, { '@type': T }> {
  const answers = server.execute(text);
  const found = answers.find(isOf(type));
  if (!found) throw new Error(`no ${type} but ${answers.map((one) => (one.kind === 'entity' ? one.entity['@type'] : one.kind)).join()}`);
  return found.entity;
}
