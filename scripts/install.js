import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { inProject, projectFolder } from './project.js';

/** @typedef {{ packages?: Record<string, { version?: string, optional?: boolean, link?: boolean }> }} Lockfile */

/**
 * The first package that the lockfile asks for and the installation does not have in that version, or null when all is there.
 * Optional packages (binaries of other platforms) may be absent, but not in another version. Versions are compared, not file times,
 * because a checkout gives the lockfile a new time without changing it.
 * @param {Lockfile} wanted package-lock.json
 * @param {Lockfile} installed node_modules/.package-lock.json, which npm keeps about what it installed
 * @returns {string | null}
 */
export function firstMissingPackage(wanted, installed) {
  const have = new Map(Object.entries(installed.packages ?? {}));
  for (const [path, entry] of Object.entries(wanted.packages ?? {})) {
    if (path === '' || entry.link) continue;
    const found = have.get(path);
    if (found === undefined && entry.optional) continue;
    if (found?.version !== entry.version) return path;
  }
  return null;
}

/** Runs `npm ci` when node_modules is absent or is not what the lockfile says. Ends the process when that fails. */
export function installIfMissing() {
  const reason = reasonToInstall();
  if (reason === null) return;
  console.error(`Installing the packages of package-lock.json (${reason}) …`);
  const result = runNpm(['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  if (result === 0) return;
  console.error('`npm ci` failed: see above. Without a network the packages cannot be fetched; try again when there is one.');
  process.exit(1);
}

/** @returns {string | null} */
function reasonToInstall() {
  const wanted = readLockfile(inProject('package-lock.json'));
  const installed = readLockfile(inProject('node_modules', '.package-lock.json'));
  if (installed === null) return 'node_modules is missing';
  const missing = wanted === null ? null : firstMissingPackage(wanted, installed);
  return missing === null ? null : `${missing} is missing or of another version`;
}

/**
 * @param {string} path
 * @returns {Lockfile | null}
 */
function readLockfile(path) {
  if (!existsSync(path)) return null;
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

/**
 * Runs the npm that started this script, or the one on the PATH, in the project's folder; standard output stays the terminal.
 * @param {string[]} parameters
 * @returns {number} the exit status, 1 when npm could not be started
 */
function runNpm(parameters) {
  const path = process.env.npm_execpath;
  const byNode = path !== undefined && /\.c?js$/.test(path) && existsSync(path);
  const command = byNode ? process.execPath : 'npm';
  const all = byNode ? [path, ...parameters] : parameters;
  // Output goes to standard error, so that a command such as `logjam run --json` keeps its standard output clean.
  const result = spawnSync(command, all, {
    cwd: projectFolder,
    stdio: ['ignore', 2, 2],
    shell: !byNode && process.platform === 'win32',
  });
  return result.status ?? 1;
}
