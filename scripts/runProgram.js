import { spawn } from 'node:child_process';
import { projectFolder } from './project.js';

/** Programs of this script that still run, so that they end with it. @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

/**
 * Runs one of package.json's scripts and collects what it prints.
 * @param {string} script
 * @param {{ parameters?: string[], environment?: Record<string, string>, limitMs: number, onOutput?: (text: string) => void }} options After
 *   `limitMs` the program and all it started are ended and count as failed.
 * @returns {Promise<{ succeeded: boolean, output: string, tookMs: number }>}
 */
export function runScript(script, { parameters = [], environment = {}, limitMs, onOutput }) {
  const startedMs = Date.now();
  const child = spawn('npm', ['run', '--silent', script, ...(parameters.length > 0 ? ['--', ...parameters] : [])], {
    cwd: projectFolder,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
    // A group of its own, so that a time limit reaches what the program started, a browser for example.
    detached: process.platform !== 'win32',
  });
  running.add(child);
  let output = '';
  const collect = (/** @type {Buffer} */ chunk) => {
    const text = chunk.toString('utf8');
    output += text;
    onOutput?.(text);
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  return new Promise((settle) => {
    const timer = setTimeout(() => {
      collect(Buffer.from(`\nStopped: it ran longer than ${Math.round(limitMs / 1000)} s.\n`));
      end(child);
    }, limitMs);
    const finish = (/** @type {boolean} */ succeeded) => {
      clearTimeout(timer);
      running.delete(child);
      settle({ succeeded, output, tookMs: Date.now() - startedMs });
    };
    child.on('error', (error) => {
      output += `${error.message}\n`;
      finish(false);
    });
    child.on('close', (status) => finish(status === 0));
  });
}

/** Ends everything that `runScript` started and that still runs. */
export function endAll() {
  for (const child of running) end(child);
}

/** @param {import('node:child_process').ChildProcess} child */
function end(child) {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill();
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended by itself in the meantime.
  }
}
