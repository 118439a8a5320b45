import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { inProject } from './project.js';

const siteSources = ['src', 'public', 'examples', 'scripts', 'index.html', 'vite.config.ts', 'package-lock.json'];
const cliSources = ['src', 'package-lock.json', join('scripts', 'logjam.js')];

/**
 * The latest change below the given paths, in milliseconds since 1970. Folders count too: deleting a file changes only its folder.
 * @param {string[]} paths
 * @returns {number}
 */
export function latestChangeMs(paths) {
  let latestMs = 0;
  for (const path of paths) {
    const status = statSync(path, { throwIfNoEntry: false });
    if (status === undefined) continue;
    latestMs = Math.max(latestMs, status.mtimeMs);
    if (status.isDirectory()) latestMs = Math.max(latestMs, latestChangeMs(readdirSync(path).map((name) => join(path, name))));
  }
  return latestMs;
}

/**
 * Whether a built file is newer than everything it was built from.
 * @param {string} built
 * @param {string[]} sources
 */
export function isFresh(built, sources) {
  return existsSync(built) && statSync(built).mtimeMs > latestChangeMs(sources);
}

/** Whether the bundled command line `built` is newer than its sources. @param {string} built */
export function isCliFresh(built) {
  return isFresh(
    built,
    cliSources.map((path) => inProject(path)),
  );
}

/** Builds the site into `dist/` when it is missing or older than its sources. */
export async function buildSiteIfStale() {
  // The service worker is the last file that a build writes.
  const sources = siteSources.map((path) => inProject(path));
  if (isFresh(inProject('dist', 'sw.js'), sources)) return;
  console.log('Building the designer …');
  const { build } = await import('vite');
  await build({ root: inProject(), configFile: inProject('vite.config.ts'), logLevel: 'warn' });
}
