/** What live numbers cost the thread that draws: per frame against the naive way, and frames a second with the engine at full speed. */
import type { CDPSession, Page } from 'playwright';
import type { Figure } from '../figures.ts';
import type { BenchSite } from './site.ts';

const seconds = 5;

async function open(site: BenchSite, page: string): Promise<{ page: Page; session: CDPSession }> {
  const tab = await site.context.newPage();
  await tab.goto(`${site.url}${page}`);
  await tab.waitForFunction(() => 'bench' in window);
  // The first layout and React's own start are over by then.
  await tab.waitForTimeout(1500);
  const session = await site.context.newCDPSession(tab);
  await session.send('Performance.enable');
  return { page: tab, session };
}

/** Processor time of the page's main thread so far, seconds: other than the length of its tasks, it does not grow while others run. */
async function threadSeconds(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'ThreadTime')?.value ?? NaN;
}

/** Main-thread milliseconds for each frame of numbers delivered. */
async function liveFrameMs(site: BenchSite, name: string): Promise<number> {
  const { page, session } = await open(site, name);
  await page.evaluate(() => window.bench.feed());
  await page.waitForTimeout(1000);
  const before = { thread: await threadSeconds(session), delivered: await page.evaluate(() => window.bench.counts().delivered) };
  await page.waitForTimeout(seconds * 1000);
  const delivered = (await page.evaluate(() => window.bench.counts().delivered)) - before.delivered;
  const ms = ((await threadSeconds(session)) - before.thread) * 1000;
  await page.close();
  return ms / delivered;
}

async function framesPerSecond(site: BenchSite, name: string, saturate: boolean): Promise<number> {
  const { page } = await open(site, name);
  if (saturate) {
    await page.evaluate(() => window.bench.saturate?.());
    await page.waitForTimeout(2000);
  }
  const count = (): Promise<readonly [number, number]> =>
    page.evaluate(() => [window.bench.counts().animationFrames, performance.now()] as const);
  const [framesBefore, msBefore] = await count();
  await page.waitForTimeout(seconds * 1000);
  const [frames, ms] = await count();
  await page.close();
  return ((frames - framesBefore) * 1000) / (ms - msBefore);
}

export async function measureFrames(site: BenchSite): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const nodes of [50, 200, 500]) {
    const judged = nodes === 500;
    const value = await liveFrameMs(site, `live.html?nodes=${nodes}`);
    const peer = await liveFrameMs(site, `naive.html?nodes=${nodes}`);
    figures.push({
      name: `Main-thread time of a live frame, ${nodes} nodes`,
      value,
      unit: 'ms',
      peer: { name: "the same numbers through React Flow's node state, its edges animated", value: peer },
      floor: judged ? 1 / 10 : null,
      aim: judged ? 1 / 20 : null,
      moreIsBetter: false,
      note: 'processor time of the main thread while every animation frame brings a frame of numbers, all nodes in view, flow on the edges',
    });
  }
  const idleBefore = await framesPerSecond(site, 'idle.html', false);
  const saturated = await framesPerSecond(site, 'live.html?nodes=500', true);
  const idleAfter = await framesPerSecond(site, 'idle.html', false);
  figures.push({
    name: 'Frames a second, 500 nodes, engine at full speed',
    value: saturated,
    unit: 'frames/s',
    peer: { name: 'an idle page', value: Math.max(idleBefore, idleAfter) },
    floor: 0.9,
    aim: 0.97,
    moreIsBetter: true,
    note: 'a real run of 500 nodes in its worker, as fast as it can',
  });
  return figures;
}
