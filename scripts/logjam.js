/**
 * `npm run -s logjam -- …`: the headless command. The TypeScript sources are bundled into `.cache/` once and again when they change, so that
 * a call starts in a fraction of a second.
 */
import { mkdirSync, renameSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { isCliFresh } from './freshBuild.js';
import { installIfMissing } from './install.js';
import { requireNode } from './nodeVersion.js';
import { inProject } from './project.js';

requireNode();
const built = inProject('.cache', 'cli', 'logjam.mjs');
if (!isCliFresh(built)) {
  installIfMissing();
  await bundle();
}
await import(pathToFileURL(built).href);

async function bundle() {
  const { build } = await import('esbuild');
  mkdirSync(inProject('.cache', 'cli'), { recursive: true });
  const unfinished = `${built}.${process.pid}`;
  await build({
    entryPoints: [inProject('src', 'cli', 'main.ts')],
    outfile: unfinished,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
    // commander is a CommonJS package, and its bundled form asks for node's modules with `require`. Under a name of its own: fflate's module imports
    // `createRequire`, too.
    banner: { js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);" },
  });
  // Renamed at the end, so that two calls at once never read half a file.
  renameSync(unfinished, built);
}
