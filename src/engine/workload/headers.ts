import { varintBytes } from './payload.ts';
import type { WorkloadSettings } from './settings.ts';
import { utf8Length } from './utf8.ts';

/** A header that every record of a source carries. */
export interface HeaderText {
  readonly name: string;
  readonly value: string;
}

/** `record.headers` of a source: one a line, `name=value`; what follows the first `=` is the value. */
export function recordHeaders(settings: WorkloadSettings): HeaderText[] {
  const lines = (settings['record.headers'] as readonly string[] | undefined) ?? [];
  return lines.map((line) => {
    const at = line.indexOf('=');
    return at < 0 ? { name: line, value: '' } : { name: line.slice(0, at), value: line.slice(at + 1) };
  });
}

/** Bytes that the headers of a source add to each of its records, beside the one byte that an empty list takes too. */
export function headerBytesOf(settings: WorkloadSettings): number {
  const headers = recordHeaders(settings);
  let bytes = varintBytes(headers.length) - 1;
  for (const { name, value } of headers) {
    const nameBytes = utf8Length(name);
    const valueBytes = utf8Length(value);
    bytes += varintBytes(nameBytes) + nameBytes + varintBytes(valueBytes) + valueBytes;
  }
  return bytes;
}
