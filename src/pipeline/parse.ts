/**
 * Text to document. Refuses what cannot be opened with findings that name file and field; never throws on any text.
 * Half-done designs open: what only keeps a pipeline from running is left to `validateDocument`.
 */
import { checkConfigs } from './configRules.ts';
import type { PipelineDocument, Position } from './document.ts';
import type { Finding } from './finding.ts';
import { bounded, hasErrors, inFile, pointer } from './findings.ts';
import { checkIds } from './integrity.ts';
import { scanJson } from './jsonScan.ts';
import { limits } from './limits.ts';
import { currentVersion, migrate } from './migrations.ts';
import { documentSchema } from './schema.ts';
import { checkStructure } from './structure.ts';

/** What became of a text: a document, or null and at least one error that says why. Warnings may stand beside a document. */
export interface ParsedDocument {
  readonly document: PipelineDocument | null;
  readonly findings: readonly Finding[];
}

/** Reads a document's text. `file` is only named in findings. */
export function parseDocument(text: string, options: { readonly file: string }): ParsedDocument {
  const result = parse(text);
  return { document: result.document, findings: bounded(inFile(result.findings, options.file)) };
}

function parse(text: string): ParsedDocument {
  const json = readJson(text);
  if (!json.ok) return { document: null, findings: json.findings };
  const version = bringToCurrentVersion(json.value);
  if (!version.ok) return { document: null, findings: version.findings };
  const tooMany = checkCounts(version.document);
  if (tooMany.length > 0) return { document: null, findings: [...version.findings, ...tooMany] };
  const structure = checkStructure(documentSchema, version.document);
  const findings = [...version.findings, ...structure.findings];
  if (structure.value === null) return { document: null, findings };
  // The cast is what the checks below are for: configs are still unknown values here.
  const document = structure.value as PipelineDocument;
  findings.push(...checkIds(document), ...checkConfigs(document));
  if (hasErrors(findings)) return { document: null, findings };
  const { positions, findings: positionFindings } = keptPositions(document);
  return { document: { ...document, layout: { positions } }, findings: [...findings, ...positionFindings] };
}

/** Lists longer than allowed, found before their entries are looked at. */
function checkCounts(raw: Readonly<Record<string, unknown>>): readonly Finding[] {
  const inside = (value: unknown, field: string): unknown =>
    typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[field] : undefined;
  const lists: readonly (readonly [string, unknown, number])[] = [
    ['/nodes', raw['nodes'], limits.nodes],
    ['/edges', raw['edges'], limits.edges],
    ['/scenario/faults', inside(raw['scenario'], 'faults'), limits.faults],
    ['/scenario/objectives', inside(raw['scenario'], 'objectives'), limits.objectives],
    ['/layout/positions', inside(raw['layout'], 'positions'), limits.nodes],
  ];
  return lists
    .filter(([, list, limit]) => Array.isArray(list) && list.length > limit)
    .map(([path, list, limit]): Finding => {
      const message = `"${path.slice(path.lastIndexOf('/') + 1)}" has ${(list as unknown[]).length} entries; at most ${limit} are allowed.`;
      return { severity: 'error', code: 'document.too-large', path, message, remedy: 'Split the pipeline into several documents.' };
    });
}

/** The text as JSON, within the limits; shared with the clipboard. */
export function readJson(
  text: string,
): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly findings: readonly Finding[] } {
  if (text.length > limits.textLength) {
    const message = `The file has ${text.length} characters; at most ${limits.textLength} are read.`;
    return refused('file.too-long', '', message, 'Make it smaller, for instance by removing replayed CSV data.');
  }
  const json = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const problems = scanJson(json, limits);
  if (problems.length === 0) return { ok: true, value: JSON.parse(json) as unknown };
  const findings = problems.map(({ code, line, column, path, message, remedy }): Finding => ({
    severity: 'error',
    code,
    path,
    message: `Line ${line}, column ${column}: ${message}`,
    remedy,
  }));
  return { ok: false, findings };
}

function refused(
  code: string,
  path: string,
  message: string,
  remedy: string,
): { readonly ok: false; readonly findings: readonly Finding[] } {
  return { ok: false, findings: [{ severity: 'error', code, path, message, remedy }] };
}

type Versioned =
  | { readonly ok: true; readonly document: Record<string, unknown>; readonly findings: readonly Finding[] }
  | { readonly ok: false; readonly findings: readonly Finding[] };

function bringToCurrentVersion(value: unknown): Versioned {
  const expected = 'Open a file that Logjam saved, or start a new pipeline.';
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refused('document.not-an-object', '', 'The file is JSON, but no pipeline document: it holds no object.', expected);
  }
  const raw = value as Record<string, unknown>;
  if (raw['format'] !== 'logjam/pipeline') {
    return refused(
      'document.wrong-format',
      '/format',
      'The file is no pipeline document: its "format" is not "logjam/pipeline".',
      expected,
    );
  }
  const version = raw['version'];
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    return refused(
      'document.version',
      '/version',
      '"version" must be a whole number from 1 on.',
      `Write ${currentVersion} if the file was made by hand.`,
    );
  }
  if (version > currentVersion) {
    const message = `The file has format version ${version}; this Logjam reads versions up to ${currentVersion}.`;
    return refused('document.newer-version', '/version', message, 'Open it with a newer Logjam; nothing was changed.');
  }
  return migrated(raw, version);
}

function migrated(raw: Record<string, unknown>, version: number): Versioned {
  let result: ReturnType<typeof migrate>;
  try {
    result = migrate(raw, version);
  } catch {
    // A step meets JSON that was never a valid document of its version.
    result = null;
  }
  if (result === null) {
    return refused(
      'document.migration',
      '/version',
      `The file of version ${version} cannot be brought to version ${currentVersion}.`,
      'Check that it was complete in its own version.',
    );
  }
  const findings = result.applied.map((step): Finding => ({
    severity: 'info',
    code: 'document.migrated',
    path: '/version',
    message: `Brought from version ${step.from} to ${step.from + 1}: ${step.summary}`,
    remedy: 'Saving writes the new version.',
  }));
  return { ok: true, document: result.document, findings };
}

/** Positions of unknown nodes and second positions of a node are not kept, and that is said. */
function keptPositions(document: PipelineDocument): { readonly positions: readonly Position[]; readonly findings: readonly Finding[] } {
  const nodes = new Set(document.nodes.map((node) => node.id));
  const placed = new Set<string>();
  const findings: Finding[] = [];
  const positions = document.layout.positions.filter((position, index) => {
    const reason = !nodes.has(position.node) ? 'which does not exist' : placed.has(position.node) ? 'which already has one' : null;
    placed.add(position.node);
    if (reason === null) return true;
    findings.push({
      severity: 'warning',
      code: 'layout.position',
      path: pointer('layout', 'positions', index),
      message: `A position is given for node "${position.node}", ${reason}; it will not be saved.`,
      remedy: 'Nothing needs to be done.',
    });
    return false;
  });
  return { positions, findings };
}
