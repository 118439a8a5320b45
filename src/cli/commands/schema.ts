import { jsonSchema } from '../../pipeline/index.ts';
import { ExitCode, type Io } from '../io.ts';

/** `schema`: the JSON Schema of pipeline documents. */
export function schemaCommand(io: Io): ExitCode {
  io.out(`${JSON.stringify(jsonSchema(), null, 2)}\n`);
  return ExitCode.ok;
}
