/** Timing on a machine that has other things to do: processor time, turn about, the best of several. */

/** Work that can be repeated; returns how many units of it were done. */
export type Work = () => number;

/** Processor time of this process so far, seconds, all of its threads. Unlike the clock on the wall it does not grow while others run. */
export function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Units of work a second: the best of `rounds`, all works taking turns, so that a slow moment of the machine touches them alike. */
export function ratesInTurn(works: readonly Work[], rounds: number): number[] {
  const best = works.map(() => 0);
  for (let round = 0; round < rounds; round++) {
    works.forEach((work, i) => {
      const start = processorSeconds();
      const done = work();
      best[i] = Math.max(best[i], done / (processorSeconds() - start));
    });
  }
  return best;
}

/** As `ratesInTurn`, for work that is asynchronous. */
export async function asyncRatesInTurn(works: readonly (() => number | Promise<number>)[], rounds: number): Promise<number[]> {
  const best = works.map(() => 0);
  for (let round = 0; round < rounds; round++) {
    for (const [i, work] of works.entries()) {
      const start = processorSeconds();
      const done = await work();
      best[i] = Math.max(best[i], done / (processorSeconds() - start));
    }
  }
  return best;
}
