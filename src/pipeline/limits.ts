/**
 * Bounds of a document. They are checked before anything of that size is allocated, so that a hostile or broken file costs a message, not the tab.
 */
export const limits = {
  /** Longest text of a document or clipboard fragment, in UTF-16 units. */
  textLength: 32 * 1024 * 1024,
  /** Deepest nesting of arrays and objects; the format itself needs 6. */
  depth: 32,
  /** Most JSON values in one text. */
  values: 1_000_000,
  /** Most fields of one JSON object; the largest of the format, a processor's configs, has fewer than 100. */
  fields: 1_000,
  nodes: 2_000,
  edges: 10_000,
  faults: 10_000,
  objectives: 1_000,
  /** Most endpoints on one side of a network fault. */
  endpoints: 3_000,
  nameLength: 249,
  descriptionLength: 100_000,
  /** About 31 years of virtual time: microseconds stay well inside exact integers. */
  durationMs: 1e12,
  /** Canvas coordinates lie within plus and minus this. */
  coordinate: 1e7,
  /** Most findings one call returns; the last one then says how many were left out. */
  findings: 200,
} as const;
