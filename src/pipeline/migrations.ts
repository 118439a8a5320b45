/**
 * Documents of older versions become documents of the current one by a chain of single steps, numbered without gaps.
 * When the format changes: raise `currentVersion`, add the step from the version before, keep a fixture of that version in `fixtures/`.
 */

/** One step, from version `from` to `from + 1`, over parsed but otherwise unchecked JSON. Must not change its argument; may throw on nonsense. */
export interface Migration {
  readonly from: number;
  /** One sentence for the user: what the step does to a document. */
  readonly summary: string;
  readonly migrate: (document: Readonly<Record<string, unknown>>) => Record<string, unknown>;
}

export const currentVersion = 1;

export const migrations: readonly Migration[] = [];

/** Thrown when the chain itself is wrong: a bug, not bad input. */
export function checkChain(chain: readonly Migration[], target: number): void {
  chain.forEach((step, index) => {
    const expected = target - chain.length + index;
    if (step.from !== expected) throw new Error(`Migration ${index} starts at version ${step.from}, but ${expected} is its turn.`);
  });
}

/**
 * Runs the steps from the document's own version to `target`. Null when the chain does not reach back to that version.
 * Each step's result gets its version number here.
 */
export function migrate(
  document: Readonly<Record<string, unknown>>,
  version: number,
  chain: readonly Migration[] = migrations,
  target: number = currentVersion,
): { readonly document: Record<string, unknown>; readonly applied: readonly Migration[] } | null {
  checkChain(chain, target);
  if (version < target - chain.length) return null;
  const applied = chain.filter((step) => step.from >= version);
  let current: Record<string, unknown> = { ...document };
  for (const step of applied) current = { ...step.migrate(current), version: step.from + 1 };
  return { document: current, applied };
}
