import type { ConfigValue } from '../../pipeline/document.ts';

/** Configs of a producer node by name, defaults filled in. */
export type WorkloadSettings = Readonly<Record<string, ConfigValue>>;

/** A numeric config. Throws when it is absent or no number: the compiler of a topology fills in defaults. */
export function numberSetting(settings: WorkloadSettings, name: string): number {
  const value = settings[name];
  if (typeof value !== 'number') throw new Error(`${name} is ${JSON.stringify(value)}; a workload needs a number there.`);
  return value;
}

/** A text config; same rules. */
export function textSetting(settings: WorkloadSettings, name: string): string {
  const value = settings[name];
  if (typeof value !== 'string') throw new Error(`${name} is ${JSON.stringify(value)}; a workload needs a text there.`);
  return value;
}

/** A list config; same rules. */
export function listSetting(settings: WorkloadSettings, name: string): readonly string[] {
  const value = settings[name];
  if (!Array.isArray(value)) throw new Error(`${name} is ${JSON.stringify(value)}; a workload needs a list there.`);
  return value as readonly string[];
}

/** Whether two nodes' configs make the same workload: those of the client may differ. */
export function sameWorkload(a: WorkloadSettings, b: WorkloadSettings): boolean {
  for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
    if (/^(workload|key|value)\./.test(name) && JSON.stringify(a[name]) !== JSON.stringify(b[name])) return false;
  }
  return true;
}
