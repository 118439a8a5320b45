import { cpus } from 'node:os';

/** What the figures were measured on. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
  /** Null when no browser was found. */
  readonly chromium: string | null;
}

export function describeMachine(chromium: string | null): Machine {
  const cores = cpus();
  return { cpu: cores[0]?.model.trim() ?? 'an unknown processor', cores: cores.length, node: process.versions.node, chromium };
}
