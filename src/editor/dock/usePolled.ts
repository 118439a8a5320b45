/** Asks the run again while time passes in it. */
import { useEffect, useState } from 'react';
import { useSession } from '../run/sessionStore.ts';
import { useStatus } from '../stores/liveStore.ts';

const intervalMs = 1_000;

/** The newest answer, asked for once a second while the run runs and once after it changed; null before the first. */
export function usePolled<T>(read: () => Promise<T | null>): T | null {
  const [answer, setAnswer] = useState<T | null>(null);
  const running = useStatus((status) => status.phase === 'running');
  const stoodAtUs = useStatus((status) => (status.phase === 'running' ? -1 : status.timeUs));
  const run = useSession((state) => state.runNumber);
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
  }, [read, running, stoodAtUs, run]);
  return answer;
}
