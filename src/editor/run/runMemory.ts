/** What a tab remembers of each document's run over a reload: how fast it was and whether it played. */
import type { Speed } from '../../workers/protocol.ts';

export interface RunMemory {
  readonly speed: Speed;
  readonly playing: boolean;
}

const nameOf = (key: string) => `logjam.run.${key}`;

function isSpeed(value: unknown): value is Speed {
  return value === 'max' || (typeof value === 'number' && Number.isFinite(value) && value > 0);
}

/** Remembers the run of a document for as long as the tab lives. */
export function rememberRun(key: string, memory: RunMemory): void {
  try {
    sessionStorage.setItem(nameOf(key), JSON.stringify(memory));
  } catch {
    // Without it the run stands still after a reload, at the usual speed.
  }
}

/** What was remembered; null when there is nothing, or nothing of use. */
export function rememberedRun(key: string): RunMemory | null {
  try {
    const memory = JSON.parse(sessionStorage.getItem(nameOf(key)) ?? 'null') as Partial<RunMemory> | null;
    return memory !== null && isSpeed(memory.speed) ? { speed: memory.speed, playing: memory.playing === true } : null;
  } catch {
    return null;
  }
}
