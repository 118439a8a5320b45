/** One data file's suite. It reports one outcome a case; whatever it throws fails the file. */
export interface ConformanceSuite {
  /** Path of the data file below the data folder. */
  readonly file: string;
  /** Whether it takes long enough to be shared by several processes, and looks at `CaseReport.share`. */
  readonly isShared?: boolean;
  /** Runs every case of the parsed file through the project's own functions. */
  readonly run: (data: unknown, report: CaseReport) => void;
}

export interface Seeds {
  readonly first: number;
  readonly count: number;
}

export const usualSeeds: Seeds = { first: 0, count: 10 };

/** A part of a suite's cases, those whose number leaves `index` when divided by `of`: several processes share a suite that takes long. */
export interface Share {
  readonly index: number;
  readonly of: number;
}

export const everything: Share = { index: 0, of: 1 };

/** What a suite tells about its cases. `expected` and `actual` are compared as JSON. */
export interface CaseReport {
  readonly check: (name: string, actual: unknown, expected: unknown) => void;
  /** A case the project does not cover yet, with the reason: counted and shown, never hidden. */
  readonly skip: (name: string, reason: string, count?: number) => void;
  /** Random cases run from so many seeds, the first of them `first` plus a number of the case's own. */
  readonly seeds: Seeds;
  /** The cases a suite with `isShared` is to run; others run all of theirs. */
  readonly share: Share;
  /** Cases a suite compared by itself. */
  readonly add: (outcome: { passed: number; failures: readonly string[] }) => void;
}

/** Result of one suite. */
export interface SuiteOutcome {
  readonly file: string;
  readonly passed: number;
  readonly skipped: readonly { readonly reason: string; readonly count: number }[];
  readonly failures: readonly string[];
}

/** JSON with object keys sorted, undefined left out: what two results are compared by. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner as Record<string, unknown>).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : inner,
  );
}

/** Runs one suite on the parsed contents of its file. */
export function runSuite(suite: ConformanceSuite, data: unknown, seeds: Seeds = usualSeeds, share: Share = everything): SuiteOutcome {
  const failures: string[] = [];
  const skipped: { reason: string; count: number }[] = [];
  let passed = 0;
  const report: CaseReport = {
    seeds,
    share,
    check(name, actual, expected) {
      const found = canonicalJson(actual);
      const wanted = canonicalJson(expected);
      if (found === wanted) passed++;
      else failures.push(`${name}\n      expected ${shorten(wanted)}\n      found    ${shorten(found)}`);
    },
    skip(name, reason, count = 1) {
      skipped.push({ reason: `${name}: ${reason}`, count });
    },
    add(outcome) {
      passed += outcome.passed;
      failures.push(...outcome.failures);
    },
  };
  try {
    suite.run(data, report);
  } catch (error) {
    failures.push(`${suite.file}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
  return { file: suite.file, passed, skipped, failures };
}

function shorten(text: string | undefined): string {
  if (text === undefined) return 'undefined';
  return text.length > 400 ? `${text.slice(0, 400)}… (${text.length} characters)` : text;
}
