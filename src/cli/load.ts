/** From a path to a document, with the changes the command line asks for. */
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { applyChange, limits, parseDocument, setByPath, type Finding, type PipelineDocument } from '../pipeline/index.ts';
import type { Io } from './io.ts';
import { Refusal, refusal } from './refusal.ts';

export interface Loaded {
  readonly document: PipelineDocument;
  /** Warnings and infos; errors are refusals. */
  readonly findings: readonly Finding[];
}

function unreadable(file: string, error: unknown): Refusal {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT')
    return refusal('file.missing', 'There is no such file.', 'Check the path; relative paths count from the folder you are in.', file);
  if (code === 'EISDIR')
    return refusal('file.is-a-folder', 'This is a folder.', 'Give the path of a pipeline file, for example examples/purchase.json.', file);
  if (code === 'EACCES') return refusal('file.not-allowed', 'This file may not be read.', 'Change its permissions.', file);
  return refusal(
    'file.unreadable',
    `The file cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
    'Check the path.',
    file,
  );
}

/** The text of a file; anything but UTF-8 within the size limit is refused. */
async function readText(file: string, io: Io): Promise<string> {
  const path = resolve(io.workingFolder, file);
  let bytes: Uint8Array;
  try {
    const { size } = await stat(path);
    // A character takes at most three bytes of UTF-8 for each unit that the limit counts.
    if (size > limits.textLength * 3) {
      throw refusal(
        'file.too-long',
        `The file has ${size} bytes; at most ${limits.textLength} characters are read.`,
        'Make it smaller, for instance by removing replayed CSV data.',
        file,
      );
    }
    bytes = await readFile(path);
  } catch (error) {
    throw error instanceof Refusal ? error : unreadable(file, error);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refusal('file.not-utf8', 'The file is not text in UTF-8.', 'Save it as UTF-8.', file);
  }
}

/** Applies `--set` assignments in their order. Throws Refusal. */
function assign(document: PipelineDocument, assignments: readonly string[]): PipelineDocument {
  let changed = document;
  for (const assignment of assignments) {
    const { change, findings } = setByPath(changed, assignment);
    if (change === null) throw new Refusal(findings.map((finding) => ({ ...finding, file: '--set' })));
    changed = applyChange(changed, change).document;
  }
  return changed;
}

/** Reads and parses a document. Throws Refusal when it cannot be opened. */
export async function loadDocument(file: string, options: { readonly set?: readonly string[] }, io: Io): Promise<Loaded> {
  const { document, findings } = parseDocument(await readText(file, io), { file });
  if (document === null) throw new Refusal(findings);
  return { document: assign(document, options.set ?? []), findings };
}

/** What opening a file said and what a later step said, each thing once, with the file's name. */
export function findingsOfFile(file: string, opened: readonly Finding[], later: readonly Finding[]): readonly Finding[] {
  const named = [...opened, ...later].map((finding) => ({ file, ...finding }));
  const same = (a: Finding, b: Finding) => a.code === b.code && a.path === b.path && a.message === b.message;
  return named.filter((finding, index) => named.findIndex((other) => same(finding, other)) === index);
}
