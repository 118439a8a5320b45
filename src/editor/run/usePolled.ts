/** Asks the run again while time passes in it. */
import { useEffect, useState } from 'react';
import { useSession } from './sessionStore.ts';
import { useStatus } from '../stores/liveStore.ts';

const usualIntervalMs = 1_000;

/** The newest answer, asked for again and again while the run runs and once after it or what it reflects changed; null before the first. */
export function usePolled<T>(read: () => Promise<T | null>, intervalMs = usualIntervalMs): T | null {
  const [answer, setAnswer] = useState<T | null>(null);
  const running = useStatus((status) => status.phase === 'running');
  const stoodAtUs = useStatus((status) => (status.phase === 'running' ? -1 : status.timeUs));
  const run = useSession((state) => state.runNumber);
  const loaded = useSession((state) => state.loaded);
  useEffect(() => {
    let current = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async () => {
      const next = await read().catch(() => null);
      if (!current) return;
      if (next !== null) setAnswer(next);
      if (running) timer = setTimeout(() => void ask(), intervalMs);
    };
    void ask();
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [read, intervalMs, running, stoodAtUs, run, loaded]);
  return answer;
}
