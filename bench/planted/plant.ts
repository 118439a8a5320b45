/** The checks of a run, bundled with one bug in the engine. */
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { inProject } from '../../scripts/project.js';
import { judgeSeed, type ScheduleOutcome } from '../../src/engine/run/schedules/groupScheduleChecks.ts';
import type { PlantedBug } from './bugs.ts';

/** The source of a bug's file with the bug in it. Throws where the code it changes is not there exactly once. */
export function plantedSource({ name, file, find, replace }: PlantedBug): string {
  const source = readFileSync(inProject('src/engine', file), 'utf8');
  const parts = source.split(find);
  if (parts.length !== 2)
    throw new Error(`planted bug ${name}: src/engine/${file} has ${parts.length - 1} times\n${find}\nand must have it once`);
  return parts.join(replace);
}

/** Judges a schedule as `judgeSeed` does, on an engine with the bug. */
export async function plant(bug: PlantedBug): Promise<(seed: number) => ScheduleOutcome> {
  const target = inProject('src/engine', bug.file);
  const contents = plantedSource(bug);
  const plugin: Plugin = {
    name: 'planted bug',
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, ({ path: loaded }) => (path.resolve(loaded) === target ? { contents, loader: 'ts' } : undefined));
    },
  };
  const folder = inProject('.cache', 'planted');
  mkdirSync(folder, { recursive: true });
  const outfile = path.join(folder, `${bug.name}.mjs`);
  await build({
    entryPoints: [inProject('src/engine/run/schedules/groupScheduleChecks.ts')],
    bundle: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'error',
    outfile,
    plugins: [plugin],
  });
  const bundle = (await import(`${pathToFileURL(outfile).href}?${process.hrtime.bigint()}`)) as {
    judgeSeed: (seed: number) => ScheduleOutcome;
  };
  return bundle.judgeSeed;
}

export interface Hunt {
  readonly bug: PlantedBug;
  /** Check that found it first; null: none did. */
  readonly check: string | null;
  readonly sentence: string;
  /** Seeds it took. */
  readonly seeds: number;
}

/** Judges seeds from `from` on until a check finds the bug. */
export async function hunt(bug: PlantedBug, { from, seedsMax }: { readonly from: number; readonly seedsMax: number }): Promise<Hunt> {
  const judge = await plant(bug);
  for (let seeds = 1; seeds <= seedsMax; seeds++) {
    const [problem] = judge(from + seeds - 1).problems;
    // A schedule that shows something without the bug says nothing about it.
    if (problem !== undefined && judgeSeed(from + seeds - 1).problems.length === 0)
      return { bug, check: problem.check, sentence: problem.sentence, seeds };
  }
  return { bug, check: null, sentence: '', seeds: seedsMax };
}
