/** Where a command writes, and from where relative paths count. The commands themselves never touch `process`. */
export interface Io {
  /** Results. */
  readonly out: (text: string) => void;
  /** Findings, errors and what else must not mix with results. */
  readonly err: (text: string) => void;
  readonly workingFolder: string;
  /** Shows how far a run is, in place of what it showed before; an empty text takes it away. Absent where nobody watches. */
  readonly progress?: (text: string) => void;
  /** Aborted when the person wants the run to stop; what it found so far is still printed. */
  readonly interrupt?: AbortSignal;
}

/** What a command ends with. */
export const ExitCode = {
  ok: 0,
  /** `check`: an objective does not hold. */
  objectiveFailed: 1,
  /** The document is refused, or the command line makes no sense. */
  refused: 2,
  /** The run was interrupted, as shells number it. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
